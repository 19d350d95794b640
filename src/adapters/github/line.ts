/** Everything that ends a line for the runner, for a terminal or for a browser. */
const breaks = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g
/** Characters that move a cursor, colour a screen or turn text around, and halves of characters. */
const controls = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu
/** Characters that no reader sees, and that a comparison by culture, as the runner's is, passes over. */
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/**
 * One line that the runner and its log's viewer take for text, whatever it holds. The runner obeys `::…::` at the start of a line (blanks
 * before it or not) and `##[…]` anywhere in one; the viewer colours and folds by the latter. Source: actions/runner, ActionCommand.cs
 * (TryParseV2, TryParse), whose StartsWith and IndexOf compare by culture.
 */
export function oneLine(text: string): string {
  const line = text.replace(breaks, ' ').replace(controls, visible)
  const bare = line.replace(unseen, '')
  // Emoji have unseen characters too: they are shown only where they hide a command.
  const seen = bare !== line && harmless(bare) !== bare ? line.replace(unseen, visible) : line
  return harmless(seen)
}

/** The escapes are JSON's, so that a document stays the same document. */
function harmless(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1\\u003a').replaceAll('##[', '##\\u005b')
}

function visible(character: string): string {
  return [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
}
