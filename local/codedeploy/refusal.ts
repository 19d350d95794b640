/** An error that CodeDeploy answers with, as HTTP 400. @param code without its ending `Exception` */
export class Refusal extends Error {
  override readonly name: string
  constructor(code: string, message: string) {
    super(message)
    this.name = `${code}Exception`
  }
}
