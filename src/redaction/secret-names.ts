/**
 * Words that make a name the name of a secret, in lower case and without separators. The list is longer than strictly needed, on purpose: a
 * harmless value that is hidden costs a look into the template, a secret that is shown costs the secret.
 */
const parts: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'accountkey',
  'authkey',
  'encryptionkey',
  'hostkey',
  'licensekey',
  'masterkey',
  'privatekey',
  'sharedkey',
  'signingkey',
  'sshkey',
  'storagekey',
  'credential',
  'connectionstring',
  'connstr',
  'masteruser',
  'authorization',
  'bearer',
  'webhook',
]

/** Words that are part of many others: a name is secret only if it has one of them as a whole word. */
const words: ReadonlySet<string> = new Set([
  'pass',
  'pwd',
  'pw',
  'pin',
  'otp',
  'jwt',
  'dsn',
  'sas',
  'salt',
  'cookie',
  'auth',
  'pem',
  'kubeconfig',
])

/** True if a name (of a property, a parameter, a variable, an attribute) says that its value is secret. */
export function isSecretName(name: string): boolean {
  const separated = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  const whole = separated.join('')
  return parts.some((part) => whole.includes(part)) || separated.some((word) => words.has(word))
}
