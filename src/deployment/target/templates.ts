import type { Digest } from '../../digest.ts'
import { nodeFromJson } from '../../document/from-json.ts'
import type { MapNode } from '../../document/node.ts'
import { TowpathError } from '../../errors.ts'
import { HIDDEN, redactValue } from '../../redaction/redact-value.ts'
import { isSecretName } from '../../redaction/secret-names.ts'
import { conditions } from '../../stack/conditions.ts'
import { foretell, type TemplateSide } from '../../stack/foretell.ts'
import { missingOutputs } from '../../stack/live-outputs.ts'
import type { Stack } from '../../stack/stacks.ts'
import { parameters as parametersOf, resources as resourcesOf } from '../../template/facts.ts'
import { replaceTemplateUrls } from '../../template/nested.ts'
import { readsAnew } from '../../template/reads-anew.ts'
import { secretFlow } from '../../template/secret-flow.ts'
import { writeTemplate } from '../../template/write.ts'
import { redactorOf } from './secrets.ts'
import type { LoadedTemplate, SentParameters, Templates } from './template.ts'
import { templateSource, withUrls } from './template-source.ts'

/** Templates that are remembered by their digest. One that could not be read is asked for again. */
export function rememberedTemplates(): Templates {
  const loaded = new Map<Digest, Promise<LoadedTemplate>>()
  return {
    load(digest, label, read) {
      const known = loaded.get(digest)
      if (known) return known
      const loading = read().then((text) => parseTemplate(text, label))
      loaded.set(digest, loading)
      loading.catch(() => loaded.delete(digest))
      return loading
    },
    parse: parseTemplate,
    source: templateSource,
    withUrls,
    redactor: redactorOf,
  }
}

function parseTemplate(text: string, label: string): LoadedTemplate {
  const root = nodeFromJson(text, `stack ${label}`)
  if (root.kind !== 'map') throw new TowpathError('failed', `the template of stack '${label}' is no map`, { blame: 'service' })
  const secrets = (): ReadonlySet<string> => secretFlow(root, { isSecret: isSecretName, fed: new Set() }).parameters
  return {
    root,
    text,
    readsAnew: readsAnew(root),
    hasDefault: (parameter) => parametersOf(root).get(parameter)?.default !== undefined,
    additions(place, sent, open) {
      const holds = conditions(root, place, sent, {}, open)
      return [...resourcesOf(root)].flatMap(([logicalId, { type, condition }]) =>
        condition !== undefined && holds(condition) === false ? [] : [{ action: 'Add' as const, logicalId, type, properties: [] }],
      )
    },
    foretell: (from, live, sent, open) => foretell(sideOf(from.root, live, keepAll(live), new Set()), sideOf(root, live, sent, open)),
    defaultsTaken: (live, sent) =>
      [...parametersOf(root)].flatMap(([parameter, { default: after }]) => {
        const before = live.parameters[parameter]
        const taken = sent[parameter] === undefined && before !== undefined && after !== undefined && before !== after
        const show = (text: string): string => (secrets().has(parameter) || isSecretName(parameter) ? HIDDEN : redactValue(text))
        return taken ? [{ parameter, before: show(before), after: show(after) }] : []
      }),
    missingOutputs: (live, sent) => missingOutputs(root, live, sent),
    withUrls: (urls) => (urls.size === 0 ? text : writeTemplate(replaceTemplateUrls(root, urls))),
    secretFlow: (fed) => secretFlow(root, { isSecret: isSecretName, fed }),
  }
}

/** Every live value is kept: what the live template is read with. */
function keepAll({ parameters }: Stack): SentParameters {
  return Object.fromEntries(Object.keys(parameters).map((name) => [name, { keep: true as const }]))
}

/** A template as it is, or would be, in the place of a live stack. */
function sideOf(root: MapNode, live: Stack, sent: SentParameters, open: ReadonlySet<string>): TemplateSide {
  const [, , , region = '', account = ''] = live.id.split(':')
  const values = [...parametersOf(root)].flatMap(([name, { default: fallback }]): [string, string][] => {
    const given = sent[name]
    const value = given === undefined ? fallback : 'value' in given ? given.value : (live.parameters[name] ?? fallback)
    return value === undefined || open.has(name) ? [] : [[name, value]]
  })
  const where = { name: live.name, id: live.id, region, account }
  return { root, parameters: Object.fromEntries(values), holds: conditions(root, where, sent, live.parameters, open) }
}
