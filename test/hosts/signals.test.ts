import { describe, expect, test } from '@jest/globals'
import type { TowpathError } from '../../src/errors.ts'
import { listen } from '../../src/hosts/signals.ts'
import { virtualClock } from '../world/clock.ts'
import { fakeProcess } from './process.ts'

/** A process that listens, with its clock stopped. */
function listening() {
  const process = fakeProcess()
  const clock = virtualClock({ auto: false })
  const signals = listen(process, clock)
  let over: unknown
  signals.over.catch((reason: unknown) => {
    over = reason
  })
  return { process, clock, signals, isOver: () => over as TowpathError | undefined }
}

test('a signal that came before anybody listened is heard', () => {
  const signals = listen(fakeProcess(), virtualClock({ auto: false }), ['SIGTERM'])
  expect(signals.interrupted.reason).toMatchObject({ code: 'interrupted', message: 'interrupted by SIGTERM' })
})

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (name) => {
  test('asks to stop, and says by what', () => {
    const { process, signals } = listening()
    expect(signals.interrupted.aborted).toBe(false)
    process.signal(name)
    expect(signals.interrupted.reason).toMatchObject({ code: 'interrupted', message: `interrupted by ${name}` })
  })

  test('leaves just under two seconds to close the record', async () => {
    const { process, clock, isOver } = listening()
    process.signal(name)
    await clock.advance(1_699)
    expect(isOver()).toBeUndefined()
    await clock.advance(1)
    expect(isOver()).toMatchObject({ code: 'interrupted' })
    expect(process.ended).toBeUndefined()
  })

  test('the second time ends the wait at once', async () => {
    const { process, clock, isOver } = listening()
    process.signal('SIGINT')
    process.signal(name)
    await clock.advance(0)
    expect(isOver()).toMatchObject({ code: 'interrupted' })
    expect(process.ended).toBeUndefined()
  })

  test('the third time ends the process on the spot', () => {
    const { process } = listening()
    for (let times = 0; times < 3; times++) process.signal(name)
    expect(process.ended).toBe(130)
  })
})

test('who stops listening is asked nothing more, and leaves no timer', async () => {
  const { process, clock, signals, isOver } = listening()
  process.signal('SIGINT')
  signals.stop()
  await clock.advance(60_000)
  expect(isOver()).toBeUndefined()
  expect([process.listening, clock.sleeping]).toEqual([0, 0])
})
