/**
 * A line as several that are no wider than `width`, broken between words, those after the first indented by `hang` more than the line
 * itself. A word that is too wide by itself stays whole.
 */
export function fold(text: string, width: number, hang: number): readonly string[] {
  if (text.length <= width) return [text]
  const indent = `${/^\s*/.exec(text)?.[0] ?? ''}${' '.repeat(hang)}`
  const lines: string[] = []
  let line = ''
  // Each word takes the space before it along, so that columns keep their place.
  for (const piece of text.match(/\s*\S+/g) ?? []) {
    if (line !== '' && line.length + piece.length > width) {
      lines.push(line)
      line = indent + piece.trimStart()
    } else line += piece
  }
  return [...lines, line]
}
