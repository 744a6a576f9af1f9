import { type Finding, paginateListCoverage, paginateListFindings } from '@aws-sdk/client-inspector2';
import { type Artifact, type Collector, json } from '../collector';

/** As many findings are kept; of a function with more the rest is counted. */
const MOST = 500;

/**
 * What Amazon Inspector says of vulnerable packages in the function, and whether it scans it at all: without that, no
 * finding means nothing. Nothing is asked unless policy names Inspector as the advisory source (`advisories`).
 */
export const advisories: Collector = {
  id: 'advisories',
  title: 'Known vulnerabilities, by Inspector',
  // It is about what ran, and Inspector scans anew what is deployed later.
  once: true,
  permissions: ['inspector2:ListFindings', 'inspector2:ListCoverage'],
  async *collect({ suspect }, { inspector, signal }): AsyncIterable<Artifact> {
    if (inspector === null) return;
    const { arn, functionName, accountId } = suspect;
    const equals = (value: string) => [{ comparison: 'EQUALS' as const, value }];
    // Names are of a Region, and a delegated administrator sees other accounts too.
    const isOf = (id: string | undefined): boolean => id === arn || id?.startsWith(`${arn}:`) === true;
    const coverage = [];
    for await (const { coveredResources = [] } of paginateListCoverage(
      { client: inspector },
      { filterCriteria: { lambdaFunctionName: equals(functionName), accountId: equals(accountId) } },
      { abortSignal: signal },
    ))
      coverage.push(...coveredResources.filter(({ resourceId }) => isOf(resourceId)));
    const findings: Finding[] = [];
    let left = 0;
    for await (const page of paginateListFindings(
      { client: inspector, pageSize: 100 },
      {
        filterCriteria: {
          lambdaFunctionName: equals(functionName),
          awsAccountId: equals(accountId),
          findingType: equals('PACKAGE_VULNERABILITY'),
          findingStatus: equals('ACTIVE'),
        },
        sortCriteria: { field: 'INSPECTOR_SCORE', sortOrder: 'DESC' },
      },
      { abortSignal: signal },
    )) {
      const own = (page.findings ?? []).filter(({ resources = [] }) => resources.some(({ id }) => isOf(id)));
      const room = MOST - findings.length;
      findings.push(...own.slice(0, room));
      left += Math.max(0, own.length - room);
    }
    yield {
      name: 'code/advisories.json',
      contentType: 'application/json',
      source: 'inspector2:ListCoverage, inspector2:ListFindings',
      body: json({ coverage, findings }),
      completeness: () => (left === 0 ? 'complete' : `the worst ${MOST}: ${left} more are not kept`),
    };
  },
};
