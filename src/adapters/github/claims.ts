/** What an ID token claims, as texts by name. */
export type Claims = Readonly<Record<string, string>>

/**
 * What an ID token claims, read without verifying it: it came from GitHub itself, and whoever is to believe it verifies it. None where it
 * cannot be read; nothing is thrown. Source of the form: RFC 7519, section 3.
 */
export function claimsOf(token: string): Claims {
  try {
    const [, payload = ''] = token.split('.')
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null) return {}
    return Object.fromEntries(
      Object.entries(claims).flatMap(([name, value]): [string, string][] => {
        const text = Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(' ') : value
        return typeof text === 'string' || typeof text === 'number' ? [[name, String(text)]] : []
      }),
    )
  } catch {
    return {}
  }
}
