import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';

/** Who signs manifests, as they say it. */
export type SignerKey = {
  readonly keyArn: string;
  readonly algorithm: 'ECDSA_SHA_256';
  /** {@link fingerprintOf} the public key. */
  readonly fingerprint: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
};

/** Signs SHA-256 digests. */
export type Signer = {
  readonly key: () => Promise<SignerKey>;
  /** Gives an ECDSA signature in DER, as `openssl dgst -sha256 -verify` reads it. */
  readonly sign: (digest: Uint8Array) => Promise<Uint8Array>;
};

/** KMS gave no key or no signature, or of a kind that is not ours. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
}

/** SHA-256 over the key's SubjectPublicKeyInfo (DER), as `sha256:<64 hex digits>`: what people compare and pin. */
export const fingerprintOf = (key: KeyObject): string =>
  `sha256:${createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex')}`;

/** A public key out of PEM; null where it is none, or not on P-256. */
export const publicKeyOf = (pem: string): KeyObject | null => {
  try {
    const key = createPublicKey(pem);
    // prime256v1 is OpenSSL's name of P-256: with another curve or kind the algorithm would be the attacker's choice.
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
};

/** How a key is written in a manifest. */
export const signerKeyOf = (keyArn: string, key: KeyObject): SignerKey => ({
  keyArn,
  algorithm: 'ECDSA_SHA_256',
  fingerprint: fingerprintOf(key),
  publicKey: String(key.export({ format: 'pem', type: 'spki' })),
});

export const isSignedBy = (key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return verify('sha256', bytes, key, signature);
  } catch {
    return false;
  }
};

/** The public half of a signing key of KMS. Throws {@link SigningError} where it is none of P-256. */
export const publicKeyFromKms = async (kms: KMSClient, KeyId: string): Promise<SignerKey> => {
  const { PublicKey, KeyId: keyArn = KeyId } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  if (PublicKey === undefined) throw new SigningError(`KMS gave no public key of ${KeyId}`);
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new SigningError(`${KeyId} is no key of the kind ECC_NIST_P256`);
  return signerKeyOf(keyArn, key);
};

/**
 * Signs with an asymmetric key of KMS, whose private half never leaves it. KMS takes messages of up to 4,096 bytes, so
 * it is given the digest (`MessageType` DIGEST).
 */
export const kmsSigner = (kms: KMSClient, keyArn: string): Signer => {
  let known: Promise<SignerKey> | undefined;
  return {
    key: () => {
      // A failure is not remembered: the next sealing asks again.
      known ??= publicKeyFromKms(kms, keyArn).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
    sign: async (digest) => {
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyArn,
          Message: digest,
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (Signature === undefined) throw new SigningError(`KMS gave no signature with ${keyArn}`);
      return Signature;
    },
  };
};
