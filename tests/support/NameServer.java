package tests.support;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A DNS server on a port of the system's choice, with a few records. Source: RFC 1035, RFC 2782. */
public final class NameServer implements AutoCloseable {

    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int SRV = 33;
    private static final int NO_SUCH_NAME = 3;

    private final DatagramSocket socket;
    private final Map<String, List<String>> records = new ConcurrentHashMap<>();

    public NameServer() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(this::serve, "name server");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on the name has these: IPv4 and IPv6 addresses, or, for SRV, a port and a host each. */
    public NameServer set(String name, String... values) {
        records.put(name, List.of(values));
        return this;
    }

    public String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    private void serve() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                socket.receive(packet);
                byte[] answer = answer(packet);
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException closed) {
            // it has served
        }
    }

    private byte[] answer(DatagramPacket packet) throws IOException {
        ByteBuffer query = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
        short id = query.getShort();
        query.position(12);
        StringBuilder name = new StringBuilder();
        for (int length; (length = query.get()) > 0;) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        int type = query.getShort();
        int end = query.position() + 2;
        List<String> known = records.get(name.toString());
        List<String> fitting = known == null ? List.of() : known.stream().filter(value -> type == typeOf(value)).toList();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(0x8580 | (known == null ? NO_SUCH_NAME : 0)); // an answer, authoritative
        out.writeShort(1);
        out.writeShort(fitting.size());
        out.writeInt(0);
        out.write(packet.getData(), 12, end - 12);
        for (String value : fitting) {
            out.writeShort(0xc00c); // the name that was asked for
            out.writeShort(type);
            out.writeShort(1);
            out.writeInt(0); // seconds to keep it
            byte[] content = content(type, value);
            out.writeShort(content.length);
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static int typeOf(String value) {
        return value.contains(" ") ? SRV : value.contains(":") ? AAAA : A;
    }

    private static byte[] content(int type, String value) throws IOException {
        if (type != SRV) {
            return InetAddress.getByName(value).getAddress();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0); // priority, weight
        out.writeShort(Integer.parseInt(value.split(" ")[0]));
        for (String label : value.split(" ")[1].split("\\.")) {
            out.writeByte(label.length());
            out.writeBytes(label);
        }
        out.writeByte(0);
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
