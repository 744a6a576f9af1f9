import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { type Artifact, type BasicTools, json } from '../collector';
import { CodeNotAvailableError } from './download';
import { packageArtifacts } from './package';

/** The artifacts of the code behind a name, under the given one: a package and what is in it, or an image's digest. */
export async function* codeOf(
  FunctionName: string,
  artifact: string,
  tools: BasicTools,
): AsyncGenerator<Artifact> {
  const { lambda, signal } = tools;
  const ask = () => lambda.send(new GetFunctionCommand({ FunctionName }), { abortSignal: signal });
  const { Code, Configuration } = await ask();
  if (Configuration?.PackageType === 'Image') {
    yield {
      name: `${artifact === 'code/package' ? 'code/image' : `${artifact}-image`}.json`,
      contentType: 'application/json',
      source: 'lambda:GetFunction',
      body: json({ imageUri: Code?.ImageUri, resolvedImageUri: Code?.ResolvedImageUri }),
      completeness: () => 'digest only: the image itself stays in its registry',
    };
    return;
  }
  if (Code?.Location === undefined)
    throw new CodeNotAvailableError(`Lambda gives no link to the code of ${FunctionName}`);
  let fresh: string | undefined = Code.Location;
  yield* packageArtifacts(
    {
      name: artifact,
      what: FunctionName,
      source: 'lambda:GetFunction',
      sha256: Configuration?.CodeSha256,
      askForLink: async () => {
        const link = fresh ?? (await ask()).Code?.Location;
        fresh = undefined;
        return link;
      },
    },
    tools,
  );
}
