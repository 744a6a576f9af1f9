import type { Evidence } from '../evidenceOf';
import type { Observation } from '../observation';
import { hasTelling, markedIn, sayMarked } from './code';

/**
 * What the layers' own files show. They are compared with no earlier ones: what tells by itself is suspicious, what
 * honest code has too is a hint. A program in a layer is ordinary: that is what layers are for.
 */
export const observeLayers = ({ layers }: Evidence): readonly Observation[] =>
  layers.flatMap((layer) => {
    const marked = markedIn(layer, [...layer.inventory.files.keys()]).filter((one) => hasTelling(one, true));
    const telling = marked.filter((one) => hasTelling(one, false));
    if (marked.length === 0) return [];
    const isTelling = telling.length > 0;
    const shown = isTelling ? telling : marked;
    return [
      {
        id: isTelling ? ('layer-marked' as const) : ('layer-packed' as const),
        what: `A layer ${isTelling ? 'is suspicious' : 'has what is worth a look'}: ${sayMarked(shown)}`,
        artifacts: [layer.artifact] as const,
        files: shown.map(({ path }) => path),
      },
    ];
  });
