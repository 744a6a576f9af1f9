import type { Testimony } from '../policy/confidence';
import type { Incident } from './incident';

/** What the witnesses of an incident say; one from before observers were kept says nothing. */
export const testimoniesOf = ({ witnesses }: Pick<Incident, 'witnesses'>): readonly Testimony[] =>
  Object.values(witnesses).flatMap(({ observer, own = false, severity }) =>
    observer === undefined ? [] : [{ observer, own, severity }],
  );
