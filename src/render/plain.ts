/**
 * The characters that could move a cursor, colour a screen, start a line, or reverse text: controls, separators, marks of direction, halves
 * of characters.
 */
const hostile = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/**
 * Foreign text made safe for a terminal or a log: line ends and tabs become spaces, and other control characters visible escapes, so that
 * no stack event, key or file name can start a new line or change the text around it.
 */
export function plain(text: string): string {
  return text.replace(/\r?\n|\t/g, ' ').replace(hostile, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Escapes lines so that GitHub's runner takes them for text: it obeys `::…::` at the start of a line, spaces before it or not, and `##[…]`
 * anywhere in one. The escape is one of JSON's, so a document stays the same document. Source: actions/runner, ActionCommand.cs.
 */
export function harmless(lines: string): string {
  return lines.replace(/^([^\S\n]*):(?=:)/gm, '$1\\u003a').replaceAll('##[', '##\\u005b')
}
