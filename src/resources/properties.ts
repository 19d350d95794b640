import type { MapShape, Shape, TypeData } from './shape.ts'

/** The shape that a name or a definition stands for. A definition that leads to itself, or nowhere, is anything. */
export function resolved(data: TypeData, shape: Shape): Shape {
  let found = shape
  for (let steps = 0; typeof found === 'string' && found.startsWith('#') && steps < 10; steps++)
    found = data.definitions?.[found.slice(1)] ?? '*'
  return typeof found === 'string' && found.startsWith('#') ? '*' : found
}

export function isMap(shape: Shape): shape is MapShape {
  return typeof shape === 'object' && 'p' in shape
}

/** The properties of a type by name. */
export function propertiesOf({ body }: TypeData): MapShape['p'] {
  return isMap(body) ? body.p : {}
}
