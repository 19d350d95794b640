import type { Digest } from '../../digest.ts'
import { nodeFromJson } from '../../document/from-json.ts'
import { TowpathError } from '../../errors.ts'
import { isSecretName } from '../../redaction/secret-names.ts'
import { conditions } from '../../stack/conditions.ts'
import { missingOutputs } from '../../stack/live-outputs.ts'
import { parameters as parametersOf, resources as resourcesOf } from '../../template/facts.ts'
import { replaceTemplateUrls } from '../../template/nested.ts'
import { readsAnew } from '../../template/reads-anew.ts'
import { secretFlow } from '../../template/secret-flow.ts'
import { writeTemplate } from '../../template/write.ts'
import { redactorOf } from './secrets.ts'
import type { LoadedTemplate, Templates } from './template.ts'
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
    source: templateSource,
    withUrls,
    redactor: redactorOf,
  }
}

function parseTemplate(text: string, label: string): LoadedTemplate {
  const root = nodeFromJson(text, `stack ${label}`)
  if (root.kind !== 'map') throw new TowpathError('failed', `the template of stack '${label}' is no map`, { blame: 'service' })
  return {
    root,
    text,
    readsAnew: readsAnew(root),
    hasDefault: (parameter) => parametersOf(root).get(parameter)?.default !== undefined,
    additions(place, sent) {
      const holds = sent ? conditions(root, place, sent) : () => undefined
      return [...resourcesOf(root)].flatMap(([logicalId, { type, condition }]) =>
        condition !== undefined && holds(condition) === false ? [] : [{ action: 'Add' as const, logicalId, type, properties: [] }],
      )
    },
    missingOutputs: (live, sent) => missingOutputs(root, live, sent),
    withUrls: (urls) => (urls.size === 0 ? text : writeTemplate(replaceTemplateUrls(root, urls))),
    secretFlow: (fed) => secretFlow(root, { isSecret: isSecretName, fed }),
  }
}
