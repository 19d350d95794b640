const { GREETING, ENVIRONMENT_NAME } = process.env

/** Greets whoever is named: one by one when called, many at once when they come from the inbox. */
export async function handler(event) {
  const names = event.Records?.map(({ body }) => body) ?? [event.name ?? 'world']
  const greetings = names.map((name) => `${GREETING}, ${name}!`)
  for (const greeting of greetings) console.log({ event: 'greeted', greeting })
  return { greeting: greetings.join(' '), from: ENVIRONMENT_NAME }
}
