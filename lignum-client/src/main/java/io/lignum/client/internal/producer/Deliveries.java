package io.lignum.client.internal.producer;

import io.lignum.client.LignumException;

/** Receives from the {@link Pipeline} how batches ended. */
interface Deliveries {

    void succeeded(Batch batch, long firstOffset);

    void failed(Batch batch, LignumException error);
}
