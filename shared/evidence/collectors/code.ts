import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import type { Artifact, BasicTools, Collector } from '../collector';

/** The function has no code that can be downloaded, or the link did not work. */
export class CodeNotAvailableError extends Error {
  override readonly name = 'CodeNotAvailableError';
}

/** The deployment package, as deployed. The link that Lambda gives lives ten minutes: it is used at once. */
export const code: Collector<BasicTools> = {
  id: 'code',
  title: 'Deployment package',
  permissions: ['lambda:GetFunction'],
  async *collect({ suspect }, { lambda, fetch }): AsyncIterable<Artifact> {
    const name = suspect.qualifier === null ? suspect.arn : `${suspect.arn}:${suspect.qualifier}`;
    const { Code, Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
    if (Configuration?.PackageType === 'Image') {
      yield {
        name: 'code/image.json',
        contentType: 'application/json',
        source: 'lambda:GetFunction',
        body: `${JSON.stringify({ imageUri: Code?.ImageUri, resolvedImageUri: Code?.ResolvedImageUri }, null, 2)}\n`,
        completeness: () => 'digest only: the image itself stays in its registry',
      };
      return;
    }
    if (Code?.Location === undefined)
      throw new CodeNotAvailableError(`Lambda gives no link to the code of ${name}`);
    const answer = await fetch(Code.Location);
    if (!answer.ok || answer.body === null) {
      throw new CodeNotAvailableError(`the link to the code of ${name} answered ${answer.status}`);
    }
    yield {
      name: 'code/package.zip',
      contentType: 'application/zip',
      source: 'lambda:GetFunction',
      body: Readable.fromWeb(answer.body as ReadableStream),
    };
  },
};
