import type { Node } from '../document/node.ts'
import { member, named, type Placed, placed, required, stringOf } from '../document/placed.ts'
import { inputsOf, parametersOf, referenceOf, tagsOf } from '../service/build.ts'
import type { Blueprint, Environment, Platform, Roles, Ship, StackRecipe } from './platform.ts'
import { policiesOf } from './register/build.ts'

/**
 * From nodes to what they mean; what has another shape is left out or empty, since the schema has said so. What is built of a
 * document with problems is for further checks only.
 */
export function buildPlatform(root: Node, file: string, text: string): Platform {
  return {
    file,
    text,
    name: required(root, 'platform'),
    version: required(root, 'version'),
    environments: named(member(root, 'environments'), environmentOf),
    stacks: named(member(root, 'stacks'), recipeOf),
    blueprints: named(member(root, 'blueprints'), blueprintOf),
    lint: isTrue(member(root, 'lint')),
    ...policiesOf(root),
  }
}

function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.value === true
}

function environmentOf(node: Node): Environment {
  const bucket = placed(member(node, 'bucket'), stringOf)
  return {
    account: required(node, 'account'),
    region: required(node, 'region'),
    roles: rolesOf(member(node, 'roles')),
    tags: tagsOf(member(node, 'tags')),
    parameters: named(member(node, 'parameters'), parametersOf),
    ...(bucket ? { bucket } : {}),
  }
}

function rolesOf(node: Node | undefined): Roles<Placed<string>> {
  const [deploy, execute, plan] = ['deploy', 'execute', 'plan'].map((purpose) => placed(member(node, purpose), stringOf))
  return { ...(deploy ? { deploy } : {}), ...(execute ? { execute } : {}), ...(plan ? { plan } : {}) }
}

function recipeOf(node: Node): StackRecipe {
  return {
    template: required(node, 'template'),
    inputs: inputsOf(member(node, 'inputs')),
    parameters: parametersOf(member(node, 'parameters')),
  }
}

function blueprintOf(node: Node): Blueprint {
  return { stacks: named(member(node, 'stacks'), recipeOf), ship: shipOf(member(node, 'ship')), tags: tagsOf(member(node, 'tags')), node }
}

function shipOf(node: Node | undefined): Ship {
  const application = placed(member(node, 'application'), referenceOf)
  const group = placed(member(node, 'group'), referenceOf)
  return application && group ? { with: 'codedeploy', application, group } : { with: 'stack' }
}
