import { Lexer } from 'yaml'
import { TowpathError } from '../errors.ts'

/** The lexer's methods that end a collection or a quoted text where a line stands too far left. */
const strict = ['parseFlowCollection', 'parseQuotedScalar'] as const

/**
 * A lexer that takes a closing bracket, or a further line of a quoted text, however far left it stands. YAML 1.2 wants it further right
 * than the key above, and yaml 2.9.1 has no option for it (eemeli/yaml#328, #496); CloudFormation takes it, and templates of AWS's own are
 * written so. It reaches into the package, whose version is pinned: a test holds it to templates of this kind.
 */
export function lenientLexer(): Lexer {
  const lexer = new Lexer()
  for (const name of strict) {
    const method: unknown = Reflect.get(lexer, name)
    if (typeof method !== 'function') throw new TowpathError('bug', `yaml's lexer has no ${name}`)
    Reflect.set(lexer, name, function* lenient(): Generator<string, unknown> {
      const indent: unknown = Reflect.get(lexer, 'indentNext')
      Reflect.set(lexer, 'indentNext', 0)
      try {
        return yield* method.call(lexer)
      } finally {
        Reflect.set(lexer, 'indentNext', indent)
      }
    })
  }
  return lexer
}
