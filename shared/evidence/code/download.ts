import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { BasicTools } from '../collector';

/** There is no code that can be downloaded, or the link did not work. */
export class CodeNotAvailableError extends Error {
  override readonly name = 'CodeNotAvailableError';
}

/**
 * What a link of Lambda gives. Such a link lives ten minutes; one that S3 refuses is asked for anew, once.
 * Throws {@link CodeNotAvailableError}.
 */
export const download = async (
  what: string,
  askForLink: () => Promise<string | undefined>,
  { fetch, signal }: Pick<BasicTools, 'fetch' | 'signal'>,
): Promise<Readable> => {
  const follow = async () => {
    const link = await askForLink();
    if (link === undefined) throw new CodeNotAvailableError(`Lambda gives no link to ${what}`);
    return fetch(link, { signal });
  };
  const first = await follow();
  const answer = first.status === 403 ? await follow() : first;
  if (!answer.ok || answer.body === null)
    throw new CodeNotAvailableError(`the link to ${what} answered ${answer.status}`);
  return Readable.fromWeb(answer.body as ReadableStream);
};
