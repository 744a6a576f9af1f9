import type { Evidence } from '../evidenceOf';
import type { Observation } from '../observation';
import { markedIn, sayMarked } from './code';

/** What the layers' own files show. A program in a layer is ordinary: that is what layers are for. */
export const observeLayers = ({ layers }: Evidence): readonly Observation[] =>
  layers.flatMap((layer) => {
    const marked = markedIn(layer, [...layer.inventory.files.keys()]).filter(({ marks }) =>
      marks.some(({ id }) => id !== 'binary'),
    );
    return marked.length === 0
      ? []
      : [
          {
            id: 'layer-marked' as const,
            what: `A layer is suspicious: ${sayMarked(marked)}`,
            artifacts: [layer.artifact] as const,
            files: marked.map(({ path }) => path),
          },
        ];
  });
