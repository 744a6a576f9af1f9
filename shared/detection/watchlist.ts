import { createHash } from 'node:crypto';
import type { Watchlist } from '../policy/watchlist';
import { addressList } from './addresses';
import { type FindSigns, plainLine, signFinder } from './lines';
import type { LogRule } from './sign';

const keywordRule = ({ text, severity }: Watchlist['keywords'][number]): LogRule => {
  const plain = text.toLowerCase();
  return {
    id: `keyword-${createHash('sha256').update(plain).digest('hex').slice(0, 8)}`,
    row: 36,
    title: `A line has the keyword ${JSON.stringify(text)}`,
    techniques: [],
    severity,
    rationale: 'The policy asks to be told',
    references: [],
    hints: [plain],
    patterns: [new RegExp(plain.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))],
  };
};

export const LISTED_ADDRESS: LogRule = {
  id: 'listed-address',
  row: 36,
  title: 'A line names an address of your list of bad addresses',
  techniques: ['T1071'],
  severity: 7,
  rationale:
    'The policy lists it; a function that connects to it is under somebody’s control, or is being scanned by it',
  references: ['https://attack.mitre.org/techniques/T1071/'],
  hints: [],
  patterns: [],
};

/** What looks at lines by the rules that ship and by a watchlist. */
export const watchingFinder = (rules: readonly LogRule[], { keywords, addresses }: Watchlist): FindSigns => {
  const find = signFinder([...rules, ...keywords.map(keywordRule)]);
  const list = addressList(addresses);
  if (list.isEmpty) return find;
  return (line) => {
    const found = find(line);
    return list.foundIn(plainLine(line)) === null ? found : [...found, LISTED_ADDRESS];
  };
};
