import type { Problem } from '../../src/errors.ts'

/** Lines of a text without their common indentation and the first line break, so that line numbers count from 1. */
export function lines(text: string): string {
  const body = text.replace(/^\n/, '').replace(/\n *$/, '\n')
  const indent = Math.min(
    ...body
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.search(/\S/)),
  )
  return body
    .split('\n')
    .map((line) => line.slice(indent))
    .join('\n')
}

/** A problem as people read it. */
export function shown({ file, line, column, message, hint }: Problem): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}

/** The smallest service that is sound. */
export const aService = lines(`
  service: delivery
  owner: logistics
  blueprint: function
  platform: stable
  environments: { staging: {}, production: {} }
`)

/** The service of the design's section 6, whole. */
export const wholeService = lines(`
  service: delivery
  owner: logistics
  blueprint: instances
  platform: stable
  artefact:
    build: npm ci && npm run build
    path: build
    exclude: ["**/*.map"]
  stacks:
    ledger:  { inputs: { Topic: service/customer/messages.TopicArn } }
    scaling: { inputs: { Ledger: ledger.TableName } }
    data:    { name: legacy-db }
  environments:
    staging:    { parameters: { scaling: { MinSize: 1 } } }
    production: { parameters: { scaling: { MinSize: 3, DesiredCapacity: { keep: true } } } }
  checks:
    - { name: health, url: scaling.Url, path: /health, status: 200, within: 2m }
  rollback: { on-failed-check: true, floor: false }
  tags: { team: canal }
  variables: { inputs: { table: ledger.TableName }, parameters: { level: info } }
`)

/** The platform of the design's section 6, whole. */
export const wholePlatform = lines(`
  platform: acme
  version: 3.2.0
  environments:
    staging:
      account: "000000000001"
      region: eu-west-1
      roles: { deploy: "arn:aws:iam::000000000001:role/d", execute: "arn:aws:iam::000000000001:role/e", plan: "arn:aws:iam::000000000001:role/p" }
      bucket: acme-staging-eu-west-1
      tags: { team: canal }
      parameters: { network: { Cidr: 10.1.0.0/16 } }
    production: { account: "000000000002", region: eu-west-1, parameters: { network: { Cidr: 10.2.0.0/16 } } }
  stacks:
    network: { template: network.yml }
  blueprints:
    instances:
      stacks:
        security: { template: security.yml, inputs: { VpcId: platform/network.VpcId } }
        scaling:
          template: scaling.yml
          inputs: { SecurityGroup: security.InstanceGroup, Subnets: platform/network.PrivateSubnets }
          parameters: { InstanceType: t3.micro }
          alarms: [scaling.ErrorAlarm]
      playbook: ansible/platform.yml
      ship: { with: codedeploy, application: scaling.Application, group: scaling.Group }
      variables: { parameters: { level: info } }
    function:
      stacks:
        function: { template: function.yml, inputs: { CodeBucket: artefact.bucket, CodeKey: artefact.key } }
      ship: { with: stack }
      tags: { kind: function }
  gates:
    stateful: refuse
`)
