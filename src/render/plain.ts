/** Every character that could move a cursor, colour a screen, start a line, or turn text around: all controls, line separators and bidirectional marks. */
const hostile = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

/**
 * Foreign text made safe for a terminal or a log: line ends and tabs become spaces, and other control characters visible escapes, so that
 * no stack event, key or file name can start a line of its own or change what stands around it.
 */
export function plain(text: string): string {
  return text.replace(/\r?\n|\t/g, ' ').replace(hostile, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
