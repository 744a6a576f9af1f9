import { leftBehind } from '../canaries/places';
import { search } from '../canaries/search';
import { secretsOf } from '../canaries/secrets';
import { printed } from '../print';
import { check, type Step } from './story';

/** How many places are named where a secret is found: each is one too many. */
const MOST_NAMED = 5;

export const leftovers: readonly Step[] = [
  {
    title: 'What all this has left behind is searched for secrets',
    run: async ({ instance, stolen }) => {
      const never = () => false;
      const secrets = [
        ...(await secretsOf(instance)),
        { name: 'the stolen secret key', core: stolen.secretAccessKey, belongs: never },
        { name: 'the stolen session token', core: stolen.sessionToken, belongs: never },
      ];
      const places = [
        ...(await leftBehind(instance)),
        { place: 'what the demo has printed', bytes: Buffer.from(printed()) },
      ];
      const leaks = [...(await search(secrets, places))].flatMap(([name, found]) =>
        found.leaks.map((place) => `${name} in ${place}`),
      );
      return {
        checks: [
          check(
            'no secret, token or credential is in evidence, logs, executions, tables, messages or output',
            leaks.length === 0,
            leaks.length === 0
              ? `${secrets.length} secrets, ${places.length} places`
              : leaks.slice(0, MOST_NAMED).join('; '),
          ),
        ],
      };
    },
  },
];
