import { GetFunctionConfigurationCommand, GetLayerVersionCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { packageArtifacts } from '../code/package';
import type { Artifact, Collector, Continue } from '../collector';
import { isOverdue } from '../overdue';

const cursorSchema = z.object({ next: z.int() });

/** `<name>-<version>` of a layer version's ARN; a name is made of letters, digits, `-` and `_` (Lambda's API). */
const nameOf = (arn: string): string =>
  arn
    .split(':')
    .slice(6)
    .join('-')
    .replaceAll(/[^\w-]/g, '_');

/** The layers that run with the code that the finding names. Another account's are given where it lets us. */
export const layers: Collector = {
  id: 'layers',
  title: 'Layers',
  once: true,
  permissions: ['lambda:GetFunctionConfiguration', 'lambda:GetLayerVersion'],
  async *collect({ suspect, cursor }, tools): AsyncIterable<Artifact | Continue> {
    const { lambda, signal } = tools;
    const { Layers = [] } = await lambda.send(
      new GetFunctionConfigurationCommand({
        FunctionName: suspect.arn,
        ...(suspect.qualifier === null ? {} : { Qualifier: suspect.qualifier }),
      }),
      { abortSignal: signal },
    );
    const begun = cursorSchema.safeParse(cursor);
    const arns = Layers.flatMap(({ Arn }) => Arn ?? []);
    const failed: string[] = [];
    for (const [index, Arn] of arns.entries()) {
      if (begun.success && index < begun.data.next) continue;
      if (isOverdue(tools)) {
        yield { continueWith: { next: index } };
        return;
      }
      const [, LayerName, version] = /^(.+):(\d+)$/.exec(Arn) ?? [];
      const ask = () =>
        lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber: Number(version) }), {
          abortSignal: signal,
        });
      try {
        const { Content } = await ask();
        yield* packageArtifacts(
          {
            name: `code/layers/${index + 1}-${nameOf(Arn)}`,
            what: Arn,
            source: 'lambda:GetLayerVersion',
            sha256: Content?.CodeSha256,
            askForLink: async () => (await ask()).Content?.Location,
          },
          tools,
        );
      } catch (error) {
        if (signal.aborted) throw error;
        failed.push(`${Arn}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      }
    }
    if (failed.length > 0) throw new LayersMissingError(failed.join('; '));
  },
};

/** The other layers were sealed. */
export class LayersMissingError extends Error {
  override readonly name = 'LayersMissingError';
}
