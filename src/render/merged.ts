import { plain } from './plain.ts'
import { table } from './table.ts'

/** A merged template as `merge-templates` gives it. */
export interface MergedTemplateRow {
  readonly stack: string
  readonly file: string
  readonly digest: string
  readonly origins?: readonly { readonly pointer: string; readonly file: string; readonly line: number }[]
}

/** The file of each template and, if asked for, the origin of each of its values. */
export function mergedText(templates: readonly MergedTemplateRow[]): string {
  return templates
    .flatMap(({ stack, file, origins = [] }) => [
      `${plain(stack)}: ${plain(file)}`,
      ...(origins.length > 0
        ? [table(origins.map(({ pointer, file: from, line }) => [`  ${plain(pointer)}`, `${plain(from)}:${line}`]))]
        : []),
    ])
    .join('\n')
}
