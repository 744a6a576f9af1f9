import { GetCodeSigningConfigCommand, GetFunctionCodeSigningConfigCommand } from '@aws-sdk/client-lambda';
import { attempt, type Gaps, sayGaps } from '../attempt';
import { type Artifact, type Collector, json } from '../collector';
import { versionsOf } from '../versions';

/** The digest of every published version's package, who signed it, and what Lambda does with what nobody signed. */
export const signing: Collector = {
  id: 'signing',
  title: 'Digests and code signing',
  first: true,
  permissions: [
    'lambda:ListVersionsByFunction',
    'lambda:GetFunctionCodeSigningConfig',
    'lambda:GetCodeSigningConfig',
  ],
  async *collect({ suspect }, tools): AsyncIterable<Artifact> {
    const { lambda, signal } = tools;
    const gaps: Gaps = [];
    const versions = await versionsOf(suspect.arn, tools);
    const own = await attempt('the code signing configuration', gaps, signal, () =>
      lambda.send(new GetFunctionCodeSigningConfigCommand({ FunctionName: suspect.arn }), {
        abortSignal: signal,
      }),
    );
    const CodeSigningConfigArn = own?.CodeSigningConfigArn;
    const config =
      CodeSigningConfigArn === undefined || CodeSigningConfigArn === ''
        ? null
        : await attempt(CodeSigningConfigArn, gaps, signal, () =>
            lambda.send(new GetCodeSigningConfigCommand({ CodeSigningConfigArn }), { abortSignal: signal }),
          );
    yield {
      name: 'code/digests.json',
      contentType: 'application/json',
      source:
        'lambda:ListVersionsByFunction, lambda:GetFunctionCodeSigningConfig, lambda:GetCodeSigningConfig',
      body: json({
        versions: versions.map((version) => ({
          Version: version.Version,
          PackageType: version.PackageType,
          CodeSha256: version.CodeSha256,
          CodeSize: version.CodeSize,
          LastModified: version.LastModified,
          SigningProfileVersionArn: version.SigningProfileVersionArn ?? null,
          SigningJobArn: version.SigningJobArn ?? null,
          Layers: version.Layers ?? [],
        })),
        codeSigningConfig: config?.CodeSigningConfig ?? null,
      }),
      completeness: () => sayGaps(gaps),
    };
  },
};
