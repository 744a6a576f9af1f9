import { codeOf } from '../code/codeOf';
import type { Artifact, BasicTools, Collector } from '../collector';

/** The deployment package that the finding names, as deployed: of its qualifier, or of `$LATEST` where it names none. */
export const code: Collector<BasicTools> = {
  id: 'code',
  title: 'Deployment package',
  first: true,
  once: true,
  permissions: ['lambda:GetFunction'],
  async *collect({ suspect }, tools): AsyncIterable<Artifact> {
    const name = suspect.qualifier === null ? suspect.arn : `${suspect.arn}:${suspect.qualifier}`;
    yield* codeOf(name, 'code/package', tools);
  },
};
