import type { Finding } from '../findings/finding';
import { type Disposition, dispositionWhileOpen } from '../policy/disposition';
import { lower } from '../policy/mode';
import type { Incident } from './incident';

const wasFalse = ({ decision, witnesses }: Incident, { rule }: Finding): boolean =>
  decision?.action === 'false_positive' && Object.values(witnesses).some((witness) => witness.rule === rule);

/**
 * What becomes of a finding about a function whose incident was closed shortly before (policy `reopenHours`): it goes as
 * far as if that one were still open. But what people called a false positive they are asked about again, and no more.
 * Of that one the function has been given back, so this is an incident of its own, which names it.
 */
export const reopening = (finding: Finding, decided: Disposition, previous: Incident): Disposition => {
  const { id, closedAt = '', decision } = previous;
  const again = `it is open again: ${id} of this function was closed at ${closedAt}`;
  if (wasFalse(previous, finding))
    return {
      ...decided,
      disposition: lower(decided.disposition, 'ask'),
      because: [
        ...decided.because,
        again,
        `at most ask: ${decision?.by ?? 'an approver'} called the same finding a false positive then`,
      ],
    };
  return {
    ...decided,
    disposition: dispositionWhileOpen(decided, previous),
    because: [...decided.because, again],
  };
};
