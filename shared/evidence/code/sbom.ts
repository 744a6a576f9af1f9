import { randomUUID } from 'node:crypto';
import { json } from '../collector';
import type { Found } from './dependencies';

const encode = encodeURIComponent;

/** A package URL: pkg:<type>/<namespace>/<name>@<version>, each part percent-encoded (the purl specification). */
export const purlOf = ({ type, namespace, name, version }: Found): string =>
  `pkg:${type}/${namespace === undefined ? '' : `${encode(namespace)}/`}${encode(name)}@${encode(version)}`;

/** A CycloneDX 1.6 bill of materials of one package. */
export const bomOf = (what: string, sha256: string | undefined, dependencies: readonly Found[]): string =>
  json({
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'tourniquet' }] },
      component: {
        type: 'application',
        name: what,
        ...(sha256 === undefined
          ? {}
          : { hashes: [{ alg: 'SHA-256', content: Buffer.from(sha256, 'base64').toString('hex') }] }),
      },
    },
    components: dependencies.map((dependency) => {
      const { namespace, name, version, path } = dependency;
      const purl = purlOf(dependency);
      return {
        type: 'library',
        'bom-ref': purl,
        ...(namespace === undefined ? {} : { group: namespace }),
        name,
        version,
        purl,
        evidence: { occurrences: [{ location: path }] },
      };
    }),
  });
