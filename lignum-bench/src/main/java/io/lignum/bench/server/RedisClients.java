package io.lignum.bench.server;

import static io.lignum.bench.server.RedisConnection.word;

import java.io.IOException;
import java.util.List;

/** Redis clients; a topic is a stream, a record an entry with one field. */
final class RedisClients implements Broker {

    private final int port;
    private final RedisConnection control;

    RedisClients(int port) throws IOException {
        this.port = port;
        control = new RedisConnection(port);
    }

    /** The first entry creates the stream. */
    @Override
    public void createTopic(String topic) {}

    @Override
    public void deleteTopic(String topic) throws IOException {
        ask("DEL", topic);
    }

    @Override
    public long records(String topic) throws IOException {
        return (Long) ask("XLEN", topic);
    }

    private Object ask(String command, String topic) throws IOException {
        control.command(word(command), word(topic));
        control.flush();
        return control.reply();
    }

    @Override
    public Sender sender(String topic) throws IOException {
        return new RedisSender(topic, new RedisConnection(port));
    }

    @Override
    public Receiver receiver(String topic) throws IOException {
        return new RedisReceiver(topic, new RedisConnection(port));
    }

    @Override
    public void close() throws IOException {
        control.close();
    }

    /**
     * The sending thread also reads the replies when it has to wait, which avoids a hand-over. One
     * thread.
     */
    private static final class RedisSender implements Sender {
        private static final byte[] XADD = word("XADD");
        private static final byte[] NEXT_ID = word("*");
        private static final byte[] FIELD = word("v");

        private final byte[] topic;
        private final RedisConnection connection;
        private long sent;
        private long answered;

        RedisSender(String topic, RedisConnection connection) {
            this.topic = word(topic);
            this.connection = connection;
        }

        @Override
        public Pending send(byte[] value) throws IOException {
            connection.command(XADD, topic, NEXT_ID, FIELD, value);
            long number = sent++;
            return () -> awaitAnswer(number);
        }

        private void awaitAnswer(long number) throws IOException {
            if (answered <= number) {
                connection.flush();
            }
            while (answered <= number) {
                connection.reply();
                answered++;
            }
        }

        @Override
        public void flush() throws IOException {
            connection.flush();
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    private static final class RedisReceiver implements Receiver {
        private static final byte[] XREAD = word("XREAD");
        private static final byte[] COUNT = word("COUNT");
        private static final byte[] AT_MOST = word("1000");
        private static final byte[] BLOCK = word("BLOCK");
        private static final byte[] MILLIS = word("100");
        private static final byte[] STREAMS = word("STREAMS");

        private final byte[] topic;
        private final RedisConnection connection;
        private byte[] last = word("0");

        RedisReceiver(String topic, RedisConnection connection) {
            this.topic = word(topic);
            this.connection = connection;
        }

        @Override
        public void poll(Sink sink) throws IOException {
            connection.command(XREAD, COUNT, AT_MOST, BLOCK, MILLIS, STREAMS, topic, last);
            connection.flush();
            for (Object stream : (List<?>) connection.reply()) {
                for (Object entry : (List<?>) ((List<?>) stream).get(1)) {
                    List<?> idAndFields = (List<?>) entry;
                    last = (byte[]) idAndFields.get(0);
                    sink.take((byte[]) ((List<?>) idAndFields.get(1)).get(1));
                }
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
