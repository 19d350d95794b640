import { describe, expect, test } from '@jest/globals'
import { isMap, propertiesOf } from '../../src/resources/properties.ts'
import { knownTypes, resourceType } from '../../src/resources/resource-type.ts'
import type { Shape, TypeData } from '../../src/resources/shape.ts'

/** What of a shape is none, or leads nowhere. */
function faults(data: TypeData, shape: Shape): readonly unknown[] {
  if (typeof shape === 'string') {
    if (shape.startsWith('#')) return Object.hasOwn(data.definitions ?? {}, shape.slice(1)) ? [] : [shape]
    return ['s', 'i', 'n', 'b', '*'].includes(shape) ? [] : [shape]
  }
  if (Array.isArray(shape)) return shape.length === 1 ? faults(data, shape[0]) : [shape]
  if ('l' in shape) return faults(data, shape.l)
  if (isMap(shape))
    return [...Object.values(shape.p).flatMap((one) => faults(data, one)), ...(shape.r ?? []).filter((name) => !(name in shape.p))]
  return 't' in shape && ['s', 'i', 'n', 'b'].includes(shape.t) ? [] : [shape]
}

describe('the data of resource types', () => {
  test('every type that is named is there, has a shape that is one, and no reference of it leads nowhere', async () => {
    const names = await knownTypes()
    const wrong: unknown[] = []
    for (const name of names) {
      const data = await resourceType(name)
      if (data === undefined) wrong.push(name)
      else for (const shape of [data.body, ...Object.values(data.definitions ?? {})]) wrong.push(...faults(data, shape))
    }
    expect(wrong).toEqual([])
    expect(names.length).toBeGreaterThan(1_800)
  })

  test('a wrong shape is seen', () => {
    const data: TypeData = { body: { p: { Name: 'text', Tags: ['#Tag'] }, r: ['Gone'] }, attributes: [] }
    expect(faults(data, data.body)).toEqual(['text', '#Tag', 'Gone'])
  })

  test('a queue has what the service knows of it', async () => {
    const queue = await resourceType('AWS::SQS::Queue')
    expect(queue && propertiesOf(queue).VisibilityTimeout).toEqual({ t: 'i', min: 0, max: 43_200 })
    expect(queue?.attributes).toContain('Arn')
    expect(queue?.readOnly).toEqual(['Arn', 'QueueUrl'])
  })

  test('a type that is not there is undefined', async () => {
    expect(await resourceType('AWS::SQS::Quue')).toBeUndefined()
  })
})
