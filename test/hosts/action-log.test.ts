import { expect, test } from '@jest/globals'
import { actionLog } from '../../src/hosts/action-log.ts'
import { keepingRunner } from '../actions/world.ts'

test('progress is told in quarters, and anew for each work', () => {
  const runner = keepingRunner()
  const log = actionLog(runner)
  for (let done = 0; done <= 100; done++) log.progress('uploading', done, 100)
  log.progress('reading', 0, 0)
  expect(runner.lines).toEqual(['uploading 0 %', 'uploading 25 %', 'uploading 50 %', 'uploading 75 %', 'uploading 100 %', 'reading 100 %'])
})

test('warnings are lines of the log at once, and kept for the annotations at the end', () => {
  const runner = keepingRunner()
  const log = actionLog(runner)
  log.warn('look\nhere')
  expect(runner.lines).toEqual(['warning: look here'])
  expect(log.warnings).toEqual(['look\nhere'])
})

test('a text of many lines is as many lines of the log', () => {
  const runner = keepingRunner()
  actionLog(runner).say('one\ntwo\n')
  expect(runner.lines).toEqual(['one', 'two'])
})
