import { plain } from './plain.ts'
import { table } from './table.ts'

/** A merged template as `merge-templates` tells it. */
export interface MergedTemplateRow {
  readonly stack: string
  readonly file: string
  readonly digest: string
  readonly origins?: readonly { readonly pointer: string; readonly file: string; readonly line: number }[]
}

/** Which template is where and, if asked for, where each of its values comes from. */
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
