import type { Problem } from '../errors.ts'
import type { Service } from '../service/service.ts'
import { readTemplate } from '../template/read.ts'

/** What is wrong with a service's overrides and additions by themselves, whatever platform they meet. */
export function ownTemplateProblems(service: Service): readonly Problem[] {
  return [
    ...service.overrides.flatMap(({ text, file }) => readTemplate(text, file, 'override').problems),
    ...service.additions.flatMap(({ text, file }) => readTemplate(text, file, 'addition').problems),
  ]
}
