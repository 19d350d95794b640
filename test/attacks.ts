/** What refuses an attack: a test of ours shows it, IAM will by roles of a service's own, or a setting of GitHub's that the page gives. */
export type Refusal =
  | { readonly by: 'code'; readonly file: string; readonly test: string }
  /** The claim or condition by which IAM refuses it. */
  | { readonly by: 'iam'; readonly condition: string }
  /** A part of the `gh api` line in docs/credentials.md. */
  | { readonly by: 'github'; readonly line: string }

export interface Attack {
  readonly attack: string
  /** The call it makes, or the claim it comes with. */
  readonly makes: string
  readonly refused: Refusal
}

const code = (file: string, test: string): Refusal => ({ by: 'code', file, test })
const iam = (condition: string): Refusal => ({ by: 'iam', condition })
const github = (line: string): Refusal => ({ by: 'github', line })

const callers = 'test/commands/callers.test.ts'
const unpack = 'test/artefact/unpack.test.ts'
const rules = 'test/workflows/rules.test.ts'
const comment = 'test/report/github/plan-comment.test.ts'
const register = 'test/platform/register/register.test.ts'
const sync = 'test/commands/sync-register.test.ts'
const order = 'test/deployment/order.test.ts'
const glob = 'test/artefact/glob.test.ts'
const files = 'test/adapters/node/files.test.ts'
const hostile = 'test/repository/hostile.test.ts'

const branchSetting = github('deployment-branch-policies')
const foreign = '%s is refused before anything is written (%s)'

/** Attacks on who may do what, each with what refuses it. The first ones were made by hand; the others are the field's own. */
export const attacks: readonly Attack[] = [
  {
    attack: 'another repository rolls a service back',
    makes: 'rollback --path, service.yml says service: billing',
    refused: code(callers, foreign),
  },
  {
    attack: 'another repository deploys an old release of it',
    makes: 'deploy --service billing --release <old>',
    refused: code(callers, foreign),
  },
  {
    attack: 'another repository applies its stacks',
    makes: 'deploy-stacks --service billing --release <old>',
    refused: code(callers, foreign),
  },
  {
    attack: 'another repository writes its log',
    makes: 'log-deployment --service billing --outcome succeeded',
    refused: code(callers, foreign),
  },
  { attack: 'another repository releases under its name', makes: 'create-release --path', refused: code(callers, foreign) },
  {
    attack: 'a live stack is taken over by its name',
    makes: 'stacks: { data: { name: billing-staging-data } } --consent adopt:data',
    refused: code(callers, 'a stack of another name is its own only where the platform says so'),
  },
  {
    attack: 'a pull request claims a free name',
    makes: 'create-release in pull_request',
    refused: code(callers, 'a pull request claims no name, and its real team gets it'),
  },
  {
    attack: "a pull request's archive overwrites the next action",
    makes: 'link -> ../../_actions, artefact.path: link/dist',
    refused: code(unpack, 'is refused for %s, and writes nothing outside of its folder'),
  },
  {
    attack: 'an archive of another run is handed over',
    makes: 'plan --archive x --digest <of another>',
    refused: code(unpack, 'is refused as one %s'),
  },
  { attack: 'an archive with a hard link out', makes: 'tar entry of type 1 to /etc/passwd', refused: code(unpack, 'a hard link out') },
  {
    attack: 'a folder outside of the repository is packed',
    makes: 'src -> ../outside, artefact.path: src',
    refused: code('test/artefact/archive.test.ts', 'the same by an absolute path, and refused over a link, wherever it leads'),
  },
  {
    attack: 'a ready zip with a link',
    makes: 'mode 0120777 in the directory',
    refused: code('test/artefact/ready.test.ts', 'is refused for %s'),
  },
  {
    attack: 'a file with a set-id bit is shipped',
    makes: 'mode 04755 in the artefact',
    refused: code('test/artefact/collect.test.ts', 'a set-id bit'),
  },
  {
    attack: 'service.yml quotes a file of the runner',
    makes: 'service.yml -> /etc/passwd',
    refused: code(hostile, '(%s) make nothing hang or crash, and nothing outside of them is read'),
  },
  { attack: 'service.yml never ends', makes: 'service.yml -> /dev/zero', refused: code(files, '%s is refused unread') },
  {
    attack: 'service.yml is a pipe',
    makes: 'mkfifo service.yml',
    refused: code(files, 'a pipe is not waited for, and set-id bits are facts'),
  },
  {
    attack: 'a pattern without an end',
    makes: 'exclude: ["*a*a*a…*b"]',
    refused: code(glob, 'with %s takes a number of steps that is bounded'),
  },
  { attack: 'alternatives without an end', makes: 'exclude: ["{a,b}{a,b}…"]', refused: code(glob, 'is refused for %s') },
  {
    attack: 'a comment silences every later plan',
    makes: '<!-- towpath:plan … run 999999999999999 -->',
    refused: code(comment, 'cannot be silenced by a comment of the same bot that names a run %s, nor is that one left standing'),
  },
  {
    attack: 'a forged plan stands under our marker',
    makes: 'a comment of the same bot with our marker',
    refused: code(comment, 'leaves nothing standing under its marker, however it is written'),
  },
  {
    attack: 'a rollback of a misspelt service is green',
    makes: 'rollback --service delivrey',
    refused: code(callers, 'a service that it does not hold is refused, with the nearest name'),
  },
  {
    attack: 'a name that walks in the bucket',
    makes: 'rollback --service ../billing',
    refused: code(callers, '%s is no name of a service'),
  },
  {
    attack: "a service's name that IAM's pattern matches",
    makes: 'service: my-staging-api',
    refused: code(register, 'cannot be %s beside the environments'),
  },
  { attack: 'a reserved name', makes: 'service: towpath', refused: code(register, 'cannot be %s') },
  {
    attack: 'a role that may not read the register counts as none',
    makes: 'AccessDenied on platform/register.json',
    refused: code(callers, 'a denial is never taken for "no register": nothing is changed, and bootstrap is named'),
  },
  {
    attack: 'the register is dropped on the way',
    makes: 'sync-platform of a platform.yml without services',
    refused: code(sync, 'is not lost unless that is said'),
  },
  {
    attack: 'a service is dropped from the register',
    makes: 'sync-platform without its line',
    refused: code(sync, 'drops a service that was deployed only if that is said, and one that was not without a word'),
  },
  {
    attack: 'a first register leaves a service out, whose name is free then',
    makes: 'sync-platform of a first register',
    refused: code(sync, 'is refused as a first one that leaves out what has an owner or a record, and prints the lines to add'),
  },
  {
    attack: 'a feature channel changes who may deploy',
    makes: 'sync-platform --channel next',
    refused: code(sync, 'is written when stable moves, and by no other channel'),
  },
  {
    attack: 'an old release brings back an old owner',
    makes: 'rollback by who had the service before',
    refused: code(callers, 'it is read as it is now: a service that is handed over cannot be rolled back by who had it'),
  },
  {
    attack: 'a repository that was deleted and made again',
    makes: 'repository_id: another, same name',
    refused: code(callers, '%s is refused to a repository that was deleted and made again (%s)'),
  },
  {
    attack: 'a repository that was renamed keeps working, another takes its name',
    makes: 'repository: acme/delivery, id of another',
    refused: code(callers, '%s is refused to a repository that was deleted and made again (%s)'),
  },
  {
    attack: 'a workflow says it is another repository',
    makes: '--repository acme/delivery#7 in evil/repo',
    refused: code(callers, 'in a workflow its own repository counts, whatever --repository says'),
  },
  {
    attack: 'the role that all services share is taken for an operator',
    makes: 'assumed-role/towpath-staging-deploy',
    refused: code(callers, '%s is no identity that passes'),
  },
  {
    attack: 'an operator of another account',
    makes: 'arn of account 999999999999',
    refused: code(callers, "an operator's role of another account does not pass"),
  },
  {
    attack: "another service's stack is registered as one's own",
    makes: 'stacks: { staging: [billing-staging-data] } in platform.yml',
    refused: code(register, 'is refused for %s'),
  },
  {
    attack: 'the ground is registered as a stack',
    makes: 'stacks: { staging: [towpath-environment-staging] }',
    refused: code(register, "towpath's own stack"),
  },
  {
    attack: 'a blueprint that the roles were not made for',
    makes: 'blueprint: other in service.yml',
    refused: code(callers, 'a service.yml with another blueprint is refused'),
  },
  {
    attack: 'a re-run of an old job deploys old code',
    makes: 'GITHUB_RUN_ATTEMPT=2 of an older commit',
    refused: code(order, 'is refused: a re-run of an old attempt does not deploy old code'),
  },
  {
    attack: 'a re-run while GitHub is down cannot be ordered',
    makes: 'GITHUB_RUN_ATTEMPT=2, compare unreachable',
    refused: code(order, 'is stopped while nobody can compare'),
  },
  {
    attack: 'a script of the pull request beside a token',
    makes: 'run: npm ci in a job with id-token: write',
    refused: code(rules, 'nothing of a checkout runs in a job that may ask for a token'),
  },
  {
    attack: 'code by an environment variable',
    makes: 'env: { NODE_OPTIONS: --require=./x.js }',
    refused: code(rules, 'nothing of a checkout runs in a job that may ask for a token'),
  },
  { attack: 'an expression in a script', makes: 'a branch named $(…)', refused: code(rules, 'no expression is part of a script') },
  {
    attack: "an action's tag is moved",
    makes: 'uses: actions/checkout@v7',
    refused: code(rules, 'uses is pinned to a commit, and names nobody else'),
  },
  {
    attack: 'artifact poisoning: unchecked content of an artifact',
    makes: 'download-artifact, then use',
    refused: code(rules, 'what a build handed over goes to a verb that checks it'),
  },
  {
    attack: 'a token left in .git by the checkout',
    makes: 'persist-credentials: true',
    refused: code(rules, 'a job ends by itself, and nothing needs a secret'),
  },
  {
    attack: 'cache poisoning: a cache of a pull request is restored on main',
    makes: 'actions/cache in a job with a token',
    refused: code(rules, 'nothing of a checkout runs in a job that may ask for a token'),
  },
  {
    attack: 'confused deputy: a job of another repository takes the role',
    makes: 'sub: repo:evil/repo:environment:production',
    refused: iam('token.actions.githubusercontent.com:repository_id'),
  },
  {
    attack: "confused deputy: another account's stack uses the execute role",
    makes: 'cloudformation.amazonaws.com from another account',
    refused: iam('aws:SourceAccount'),
  },
  {
    attack: 'a workflow of its own takes the role',
    makes: 'job_workflow_ref: acme/greeter/.github/workflows/x.yml',
    refused: iam('token.actions.githubusercontent.com:job_workflow_ref'),
  },
  {
    attack: 'a pull request takes the deploy role',
    makes: 'sub: repo:acme/greeter:pull_request',
    refused: iam('token.actions.githubusercontent.com:sub'),
  },
  {
    attack: 'a pull request calls deploy.yml and plans with the role of main',
    makes: 'sub: …:pull_request, job_workflow_ref: …/deploy.yml',
    refused: iam('token.actions.githubusercontent.com:job_workflow_ref'),
  },
  {
    attack: 'workflow_run on code of a fork',
    makes: 'sub: repo:acme/greeter:ref:refs/heads/main, event workflow_run',
    refused: iam('token.actions.githubusercontent.com:job_workflow_ref'),
  },
  { attack: 'a tag that is named as the branch', makes: 'ref: refs/tags/main', refused: iam('token.actions.githubusercontent.com:ref') },
  {
    attack: 'a token meant for somebody else',
    makes: 'aud: https://github.com/acme',
    refused: iam('token.actions.githubusercontent.com:aud'),
  },
  {
    attack: 'the plan role of another service',
    makes: 'PutObject services/billing/releases/…',
    refused: iam('the resource services/<service>/*'),
  },
  {
    attack: 'a stack role takes an administrator',
    makes: 'sts:AssumeRole on any role of the account',
    refused: iam('the ceiling of roles that stacks make'),
  },
  { attack: 'an environment is made by its first use, without a rule', makes: 'environment: production2', refused: branchSetting },
  { attack: 'a branch deploys to production', makes: 'environment: production on a feature branch', refused: branchSetting },
  { attack: "approval of one's own run", makes: 'the author approves', refused: github('prevent_self_review=true') },
  {
    attack: "approval of another's run by a workflow",
    makes: 'a workflow approves a pull request',
    refused: github('can_approve_pull_request_reviews=false'),
  },
  { attack: 'a token that writes by default', makes: 'permissions left out', refused: github('default_workflow_permissions=read') },
  { attack: 'a third party action by its tag', makes: 'uses: somebody/action@v1', refused: github('sha_pinning_required=true') },
]
