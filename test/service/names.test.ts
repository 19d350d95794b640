import { expect, test } from '@jest/globals'
import { stackName, stackNameTooLong } from '../../src/service/names.ts'

test('a stack’s name joins service, environment and stack', () => {
  expect(stackName('delivery', 'staging', 'scaling')).toBe('delivery-staging-scaling')
  expect(stackName('platform', 'staging', 'network')).toBe('platform-staging-network')
})

test('a stack’s name has at most 128 characters', () => {
  const fits = 's'.repeat(128 - 'delivery-staging-'.length)
  expect(stackName('delivery', 'staging', fits)).toHaveLength(128)
  expect(stackNameTooLong('delivery', 'staging', fits)).toBeUndefined()
  expect(() => stackName('delivery', 'staging', `${fits}s`)).toThrow('has 129 characters, and CloudFormation takes 128')
  expect(stackNameTooLong('delivery', 'staging', `${fits}s`)?.hint).toContain('shorten')
})
