/** No Python that can run the local AWS. */
export class PythonMissing extends Error {
  override readonly name = 'PythonMissing';
}

/** The local AWS could not be installed from the package registry. */
export class EmulatorNotInstalled extends Error {
  override readonly name = 'EmulatorNotInstalled';
}

/** The local AWS ended, or never answered. */
export class EmulatorFailed extends Error {
  override readonly name = 'EmulatorFailed';
}

/** An endpoint outside this machine: the one thing the local stage must never talk to. */
export class NotLoopback extends Error {
  override readonly name = 'NotLoopback';
}

/** What every error that stops a local AWS from starting ends with. */
export const wayOut = 'or set AWS_ENDPOINT_URL to another AWS emulator on this machine';

/** The system's name of what went wrong (`ENOENT`), whichever realm the error comes from. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
