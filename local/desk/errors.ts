/** A request that the desk does not take. The message is shown to whoever sent it. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Options that no desk can be started with. */
export class DeskOptionsInvalid extends Error {
  override readonly name = 'DeskOptionsInvalid';
}
