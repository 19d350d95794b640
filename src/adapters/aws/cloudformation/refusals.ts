import { factsOf } from '../facts.ts'

/** True if a refusal says that the stack or the change set is not there. A missing stack has no error code of its own. */
export function isAbsent(error: unknown): boolean {
  const { name, text } = factsOf(error)
  if (name === 'ChangeSetNotFoundException' || name === 'ChangeSetNotFound') return true
  return name === 'ValidationError' && /^Stack\b.* does not exist$/.test(text)
}

/**
 * True if the name of a change set is taken by our own first attempt, whose reply was lost: the request was sent more than once. CloudFormation
 * knows a repetition by its ClientToken, and says so if it is another's; the emulator knows none.
 */
export function isOwnRepetition(error: unknown): boolean {
  const { name, text, attempts } = factsOf(error)
  return name === 'AlreadyExistsException' && attempts > 1 && !/mismatch with existing attribute/i.test(text)
}
