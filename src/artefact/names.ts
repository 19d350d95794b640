interface Rule {
  breaks(name: string): boolean
  readonly says: string
}

/** What no name in an archive may be, so that it unpacks inside its folder, and to the same files, on any system. */
const rules: readonly Rule[] = [
  { breaks: (name) => name === '', says: 'is empty' },
  { breaks: (name) => !name.isWellFormed() || name.includes('\uFFFD'), says: 'is not valid UTF-8' },
  { breaks: (name) => /\p{Cc}/u.test(name), says: 'holds a control character' },
  { breaks: (name) => name.includes('\\'), says: 'holds a backslash' },
  { breaks: (name) => /^(\/|[a-z]:)/i.test(name), says: 'is absolute' },
  { breaks: (name) => name.split('/').includes('..'), says: "leads out of its folder with '..'" },
]

/** Why a name cannot be in an archive, as the end of a sentence; undefined if it can. */
export function nameFault(name: string): string | undefined {
  return rules.find((rule) => rule.breaks(name))?.says
}

/** A name as a message may hold it: characters that could act on a terminal or on a workflow's log are written out. */
export function shown(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
