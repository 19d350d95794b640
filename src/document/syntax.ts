import { Composer, CST, type Document, isScalar, Lexer, type ParsedNode, Parser, type Tags, type YAMLError } from 'yaml'
import { lenientLexer } from './lenient-lexer.ts'
import { plainly } from './show.ts'

/** How deep lists and maps may stand in each other. */
export const deepest = 100

/** How much of the package's message is told: it quotes the text, however long that is. */
const longestFault = 120

/** What is wrong at an offset of a text. */
export interface Fault {
  readonly offset: number
  readonly message: string
  readonly hint?: string | undefined
}

/** What the YAML package makes of a text. */
export interface Syntax {
  /** Undefined if there is nothing, or if the text could not be read to its end. Not to be trusted if there are faults. */
  readonly contents: ParsedNode | undefined
  readonly faults: readonly Fault[]
  /** Where the tags stand that nobody told the reader about. */
  readonly strangeTags: readonly { readonly start: number; readonly end: number }[]
}

/**
 * Parses one YAML document (JSON is one). A text that YAML 1.2 refuses is read once more without its rule on how far right the further
 * lines of brackets and quotes must stand; what is wrong even then is told as the first reading saw it.
 */
export function parseSyntax(text: string, tags: ReadonlySet<string>): Syntax {
  const strict = parseLexemes(text, tags, new Lexer().lex(text))
  if (strict.faults.length === 0) return strict
  const lenient = parseLexemes(text, tags, lenientLexer().lex(text))
  return lenient.faults.length === 0 ? lenient : strict
}

/**
 * The text is read token by token, so that too deep a nesting and a second document end the reading where they are met, whatever follows.
 */
export function parseLexemes(text: string, tags: ReadonlySet<string>, lexemes: Iterable<string>): Syntax {
  const parser = new Parser()
  // Duplicate keys are the caller's: `uniqueKeys` is quadratic in yaml 2.9.1. Known tags would make dates and sets of text.
  const composer = new Composer({ schema: 'failsafe', customTags: keep(tags), resolveKnownTags: false, uniqueKeys: false })
  const documents: Document.Parsed[] = []
  let begun = 0
  function take(tokens: Iterable<CST.Token>): Syntax | undefined {
    for (const token of tokens) {
      if (token.type === 'document' && ++begun > 1) return stopped(token.offset, 'more than one document', 'keep one document in a file')
      documents.push(...composer.next(token))
    }
    return undefined
  }
  for (const lexeme of lexemes) {
    const end = take(parser.next(lexeme))
    if (end) return end
    if (isTooDeep(parser.stack)) return stopped(parser.offset, `nested more than ${deepest} levels deep`, 'write it flatter')
  }
  const end = take(parser.end())
  if (end) return end
  documents.push(...composer.end(true, text.length))
  return syntaxOf(documents)
}

function stopped(offset: number, message: string, hint: string): Syntax {
  return { contents: undefined, faults: [{ offset, message, hint }], strangeTags: [] }
}

/** The parser's stack holds the document, the collections that are open, and at most one scalar. */
function isTooDeep(stack: readonly CST.Token[]): boolean {
  return stack.length > deepest + 1 && stack.filter((token) => CST.isCollection(token)).length > deepest
}

/** Tags that leave values as they are: the package wants one for each kind of node. */
function keep(tags: ReadonlySet<string>): Tags {
  const resolve = <T>(value: T) => value
  return [...tags].flatMap(
    (tag): Tags => [
      { tag, resolve },
      { tag, collection: 'seq', resolve },
      { tag, collection: 'map', resolve },
    ],
  )
}

function syntaxOf(documents: readonly Document.Parsed[]): Syntax {
  const faults: Fault[] = []
  const strangeTags: { start: number; end: number }[] = []
  for (const { errors, warnings } of documents) {
    for (const error of errors) faults.push(faultOf(error))
    for (const warning of warnings) {
      // An unknown tag is only a warning in yaml 2.9.1.
      if (warning.code === 'TAG_RESOLVE_FAILED') strangeTags.push({ start: warning.pos[0], end: warning.pos[1] })
      // That a closing bracket stands as far left as its key.
      else if (warning.code === 'BAD_INDENT') continue
      else faults.push(faultOf(warning))
    }
  }
  const contents = documents[0]?.contents ?? undefined
  return { contents: isNothing(contents) ? undefined : contents, faults, strangeTags }
}

/** A document that has begun, by `---` or a comment, and holds nothing. */
function isNothing(contents: ParsedNode | undefined): boolean {
  return isScalar(contents) && contents.source === '' && contents.type === 'PLAIN' && contents.tag === undefined
}

function faultOf({ pos, message }: YAMLError): Fault {
  return { offset: pos[0], message: `cannot be read: ${plainly(message.charAt(0).toLowerCase() + message.slice(1), longestFault)}` }
}
