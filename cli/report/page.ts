import MarkdownIt from 'markdown-it';
import { type Moment, timelineSvg } from './timeline';

/**
 * The post-mortem escapes what others wrote; here nothing of it could become a tag, a link or an image even if it did
 * not: https://github.com/markdown-it/markdown-it/blob/master/docs/security.md
 */
const markdown = new MarkdownIt('default', { html: false, linkify: false, typographer: false }).disable([
  'image',
  'link',
  'autolink',
  'reference',
]);

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { border-bottom: 1px solid #8886; font-size: 1.2rem; margin-top: 2.25rem; padding-bottom: .25rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #8884; padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; }
li { margin: .2rem 0; }
pre { background: #8881; overflow-x: auto; padding: .75rem; white-space: pre-wrap; }
figure { margin: 1.5rem 0; overflow-x: auto; }
figcaption { font-size: .85rem; opacity: .8; }
.axis svg, .chart svg { display: block; height: auto; min-width: 44rem; width: 100%; }
.axis svg line { stroke: #8a8a8a; stroke-width: 2; }
.axis svg circle { fill: #b3261e; }
.axis svg text { fill: currentColor; font-size: 12px; text-anchor: middle; }
.axis svg .what { font-size: 13px; font-weight: 600; }
@page { margin: 16mm 14mm; }
@media print { body { max-width: none; padding: 0; } h2 { break-after: avoid; } tr, li, figure { break-inside: avoid; } svg { min-width: 0; } }
`;

/** Loads nothing and runs nothing, whatever is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The post-mortem as one page that needs nothing beside it: `text` is its Markdown (postMortem.ts). */
export const reportPage = (
  id: string,
  text: string,
  moments: readonly Moment[],
  metrics: string | null,
): string => {
  const body = markdown.render(text);
  const after = body.indexOf('</h1>') + '</h1>'.length;
  const picture = `<figure class="axis">${timelineSvg(moments)}<figcaption>Times in UTC; the axis is not to scale, the steps are written on it.</figcaption></figure>`;
  const chart =
    metrics === null
      ? ''
      : `<figure class="chart">${metrics}<figcaption>As CloudWatch measured it until the evidence was gathered; to scale.</figcaption></figure>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Post-mortem ${id}</title>
<style>${STYLE}</style>
</head>
<body>
${body.slice(0, after)}
${moments.length < 2 ? '' : picture}
${chart}
${body.slice(after)}
</body>
</html>
`;
};
