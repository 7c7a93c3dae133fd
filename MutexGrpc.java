package mutex;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class MutexGrpc {

  private MutexGrpc() {}

  public static final java.lang.String SERVICE_NAME = "mutex.v1.Mutex";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<mutex.MutexProto.LinkMessage,
      mutex.MutexProto.LinkMessage> getLinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Link",
      requestType = mutex.MutexProto.LinkMessage.class,
      responseType = mutex.MutexProto.LinkMessage.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<mutex.MutexProto.LinkMessage,
      mutex.MutexProto.LinkMessage> getLinkMethod() {
    io.grpc.MethodDescriptor<mutex.MutexProto.LinkMessage, mutex.MutexProto.LinkMessage> getLinkMethod;
    if ((getLinkMethod = MutexGrpc.getLinkMethod) == null) {
      synchronized (MutexGrpc.class) {
        if ((getLinkMethod = MutexGrpc.getLinkMethod) == null) {
          MutexGrpc.getLinkMethod = getLinkMethod =
              io.grpc.MethodDescriptor.<mutex.MutexProto.LinkMessage, mutex.MutexProto.LinkMessage>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Link"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.LinkMessage.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.LinkMessage.getDefaultInstance()))
              .setSchemaDescriptor(new MutexMethodDescriptorSupplier("Link"))
              .build();
        }
      }
    }
    return getLinkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<mutex.MutexProto.HoldRequest,
      mutex.MutexProto.HoldEvent> getHoldMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Hold",
      requestType = mutex.MutexProto.HoldRequest.class,
      responseType = mutex.MutexProto.HoldEvent.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<mutex.MutexProto.HoldRequest,
      mutex.MutexProto.HoldEvent> getHoldMethod() {
    io.grpc.MethodDescriptor<mutex.MutexProto.HoldRequest, mutex.MutexProto.HoldEvent> getHoldMethod;
    if ((getHoldMethod = MutexGrpc.getHoldMethod) == null) {
      synchronized (MutexGrpc.class) {
        if ((getHoldMethod = MutexGrpc.getHoldMethod) == null) {
          MutexGrpc.getHoldMethod = getHoldMethod =
              io.grpc.MethodDescriptor.<mutex.MutexProto.HoldRequest, mutex.MutexProto.HoldEvent>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Hold"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.HoldRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.HoldEvent.getDefaultInstance()))
              .setSchemaDescriptor(new MutexMethodDescriptorSupplier("Hold"))
              .build();
        }
      }
    }
    return getHoldMethod;
  }

  private static volatile io.grpc.MethodDescriptor<mutex.MutexProto.HoldRequest,
      mutex.MutexProto.HoldEvent> getHoldsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Holds",
      requestType = mutex.MutexProto.HoldRequest.class,
      responseType = mutex.MutexProto.HoldEvent.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<mutex.MutexProto.HoldRequest,
      mutex.MutexProto.HoldEvent> getHoldsMethod() {
    io.grpc.MethodDescriptor<mutex.MutexProto.HoldRequest, mutex.MutexProto.HoldEvent> getHoldsMethod;
    if ((getHoldsMethod = MutexGrpc.getHoldsMethod) == null) {
      synchronized (MutexGrpc.class) {
        if ((getHoldsMethod = MutexGrpc.getHoldsMethod) == null) {
          MutexGrpc.getHoldsMethod = getHoldsMethod =
              io.grpc.MethodDescriptor.<mutex.MutexProto.HoldRequest, mutex.MutexProto.HoldEvent>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Holds"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.HoldRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.HoldEvent.getDefaultInstance()))
              .setSchemaDescriptor(new MutexMethodDescriptorSupplier("Holds"))
              .build();
        }
      }
    }
    return getHoldsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<mutex.MutexProto.StatusRequest,
      mutex.MutexProto.StatusReply> getStatusMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Status",
      requestType = mutex.MutexProto.StatusRequest.class,
      responseType = mutex.MutexProto.StatusReply.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<mutex.MutexProto.StatusRequest,
      mutex.MutexProto.StatusReply> getStatusMethod() {
    io.grpc.MethodDescriptor<mutex.MutexProto.StatusRequest, mutex.MutexProto.StatusReply> getStatusMethod;
    if ((getStatusMethod = MutexGrpc.getStatusMethod) == null) {
      synchronized (MutexGrpc.class) {
        if ((getStatusMethod = MutexGrpc.getStatusMethod) == null) {
          MutexGrpc.getStatusMethod = getStatusMethod =
              io.grpc.MethodDescriptor.<mutex.MutexProto.StatusRequest, mutex.MutexProto.StatusReply>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Status"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.StatusRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.StatusReply.getDefaultInstance()))
              .setSchemaDescriptor(new MutexMethodDescriptorSupplier("Status"))
              .build();
        }
      }
    }
    return getStatusMethod;
  }

  private static volatile io.grpc.MethodDescriptor<mutex.MutexProto.StatusRequest,
      mutex.MutexProto.StatusReply> getInquireMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Inquire",
      requestType = mutex.MutexProto.StatusRequest.class,
      responseType = mutex.MutexProto.StatusReply.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<mutex.MutexProto.StatusRequest,
      mutex.MutexProto.StatusReply> getInquireMethod() {
    io.grpc.MethodDescriptor<mutex.MutexProto.StatusRequest, mutex.MutexProto.StatusReply> getInquireMethod;
    if ((getInquireMethod = MutexGrpc.getInquireMethod) == null) {
      synchronized (MutexGrpc.class) {
        if ((getInquireMethod = MutexGrpc.getInquireMethod) == null) {
          MutexGrpc.getInquireMethod = getInquireMethod =
              io.grpc.MethodDescriptor.<mutex.MutexProto.StatusRequest, mutex.MutexProto.StatusReply>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Inquire"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.StatusRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.StatusReply.getDefaultInstance()))
              .setSchemaDescriptor(new MutexMethodDescriptorSupplier("Inquire"))
              .build();
        }
      }
    }
    return getInquireMethod;
  }

  private static volatile io.grpc.MethodDescriptor<mutex.MutexProto.WatchRequest,
      mutex.MutexProto.Event> getWatchMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Watch",
      requestType = mutex.MutexProto.WatchRequest.class,
      responseType = mutex.MutexProto.Event.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<mutex.MutexProto.WatchRequest,
      mutex.MutexProto.Event> getWatchMethod() {
    io.grpc.MethodDescriptor<mutex.MutexProto.WatchRequest, mutex.MutexProto.Event> getWatchMethod;
    if ((getWatchMethod = MutexGrpc.getWatchMethod) == null) {
      synchronized (MutexGrpc.class) {
        if ((getWatchMethod = MutexGrpc.getWatchMethod) == null) {
          MutexGrpc.getWatchMethod = getWatchMethod =
              io.grpc.MethodDescriptor.<mutex.MutexProto.WatchRequest, mutex.MutexProto.Event>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Watch"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.WatchRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  mutex.MutexProto.Event.getDefaultInstance()))
              .setSchemaDescriptor(new MutexMethodDescriptorSupplier("Watch"))
              .build();
        }
      }
    }
    return getWatchMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static MutexStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MutexStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MutexStub>() {
        @java.lang.Override
        public MutexStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MutexStub(channel, callOptions);
        }
      };
    return MutexStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static MutexBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MutexBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MutexBlockingV2Stub>() {
        @java.lang.Override
        public MutexBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MutexBlockingV2Stub(channel, callOptions);
        }
      };
    return MutexBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static MutexBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MutexBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MutexBlockingStub>() {
        @java.lang.Override
        public MutexBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MutexBlockingStub(channel, callOptions);
        }
      };
    return MutexBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static MutexFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MutexFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MutexFutureStub>() {
        @java.lang.Override
        public MutexFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MutexFutureStub(channel, callOptions);
        }
      };
    return MutexFutureStub.newStub(factory, channel);
  }

  /**
   */
  public interface AsyncService {

    /**
     * <pre>
     * Between peers only: one stream a pair. The first message on each side is a Hello.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<mutex.MutexProto.LinkMessage> link(
        io.grpc.stub.StreamObserver<mutex.MutexProto.LinkMessage> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getLinkMethod(), responseObserver);
    }

    /**
     * <pre>
     * Holds a lock, or several, for as long as the stream is open: one HoldRequest, then HoldEvents. Closing the client's side
     * gives the lock back, or withdraws the request. A stream that breaks, or is cancelled, does so at once
     * without notice_millis, and with it when the client has had that time, and all that SURE has promised.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<mutex.MutexProto.HoldRequest> hold(
        io.grpc.stub.StreamObserver<mutex.MutexProto.HoldEvent> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getHoldMethod(), responseObserver);
    }

    /**
     * <pre>
     * Many holds on one stream, at once and one after the other, for programs that take locks again and again. Each message
     * names its hold by a number; each hold is what a stream of Hold is, with the same messages, but for these: "close" instead of closing
     * the client's side, ENDED instead of the end of the stream, WAITING only where it is not HELD within some 20 ms. A stream that
     * breaks, or is cancelled or closed, does so to each of its holds. A peer of an older release answers UNIMPLEMENTED.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<mutex.MutexProto.HoldRequest> holds(
        io.grpc.stub.StreamObserver<mutex.MutexProto.HoldEvent> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getHoldsMethod(), responseObserver);
    }

    /**
     * <pre>
     * This peer as it is now.
     * </pre>
     */
    default void status(mutex.MutexProto.StatusRequest request,
        io.grpc.stub.StreamObserver<mutex.MutexProto.StatusReply> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStatusMethod(), responseObserver);
    }

    /**
     * <pre>
     * This peer, then every linked one that answers within a second: what it takes to say why one waits.
     * </pre>
     */
    default void inquire(mutex.MutexProto.StatusRequest request,
        io.grpc.stub.StreamObserver<mutex.MutexProto.StatusReply> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getInquireMethod(), responseObserver);
    }

    /**
     * <pre>
     * What happens at this peer from now on, and before that what has happened last, if that is wanted.
     * </pre>
     */
    default void watch(mutex.MutexProto.WatchRequest request,
        io.grpc.stub.StreamObserver<mutex.MutexProto.Event> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service Mutex.
   */
  public static abstract class MutexImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return MutexGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service Mutex.
   */
  public static final class MutexStub
      extends io.grpc.stub.AbstractAsyncStub<MutexStub> {
    private MutexStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MutexStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MutexStub(channel, callOptions);
    }

    /**
     * <pre>
     * Between peers only: one stream a pair. The first message on each side is a Hello.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<mutex.MutexProto.LinkMessage> link(
        io.grpc.stub.StreamObserver<mutex.MutexProto.LinkMessage> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getLinkMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Holds a lock, or several, for as long as the stream is open: one HoldRequest, then HoldEvents. Closing the client's side
     * gives the lock back, or withdraws the request. A stream that breaks, or is cancelled, does so at once
     * without notice_millis, and with it when the client has had that time, and all that SURE has promised.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<mutex.MutexProto.HoldRequest> hold(
        io.grpc.stub.StreamObserver<mutex.MutexProto.HoldEvent> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getHoldMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Many holds on one stream, at once and one after the other, for programs that take locks again and again. Each message
     * names its hold by a number; each hold is what a stream of Hold is, with the same messages, but for these: "close" instead of closing
     * the client's side, ENDED instead of the end of the stream, WAITING only where it is not HELD within some 20 ms. A stream that
     * breaks, or is cancelled or closed, does so to each of its holds. A peer of an older release answers UNIMPLEMENTED.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<mutex.MutexProto.HoldRequest> holds(
        io.grpc.stub.StreamObserver<mutex.MutexProto.HoldEvent> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getHoldsMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * This peer as it is now.
     * </pre>
     */
    public void status(mutex.MutexProto.StatusRequest request,
        io.grpc.stub.StreamObserver<mutex.MutexProto.StatusReply> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStatusMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * This peer, then every linked one that answers within a second: what it takes to say why one waits.
     * </pre>
     */
    public void inquire(mutex.MutexProto.StatusRequest request,
        io.grpc.stub.StreamObserver<mutex.MutexProto.StatusReply> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getInquireMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * What happens at this peer from now on, and before that what has happened last, if that is wanted.
     * </pre>
     */
    public void watch(mutex.MutexProto.WatchRequest request,
        io.grpc.stub.StreamObserver<mutex.MutexProto.Event> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service Mutex.
   */
  public static final class MutexBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<MutexBlockingV2Stub> {
    private MutexBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MutexBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MutexBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Between peers only: one stream a pair. The first message on each side is a Hello.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<mutex.MutexProto.LinkMessage, mutex.MutexProto.LinkMessage>
        link() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getLinkMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Holds a lock, or several, for as long as the stream is open: one HoldRequest, then HoldEvents. Closing the client's side
     * gives the lock back, or withdraws the request. A stream that breaks, or is cancelled, does so at once
     * without notice_millis, and with it when the client has had that time, and all that SURE has promised.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<mutex.MutexProto.HoldRequest, mutex.MutexProto.HoldEvent>
        hold() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getHoldMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Many holds on one stream, at once and one after the other, for programs that take locks again and again. Each message
     * names its hold by a number; each hold is what a stream of Hold is, with the same messages, but for these: "close" instead of closing
     * the client's side, ENDED instead of the end of the stream, WAITING only where it is not HELD within some 20 ms. A stream that
     * breaks, or is cancelled or closed, does so to each of its holds. A peer of an older release answers UNIMPLEMENTED.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<mutex.MutexProto.HoldRequest, mutex.MutexProto.HoldEvent>
        holds() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getHoldsMethod(), getCallOptions());
    }

    /**
     * <pre>
     * This peer as it is now.
     * </pre>
     */
    public mutex.MutexProto.StatusReply status(mutex.MutexProto.StatusRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * This peer, then every linked one that answers within a second: what it takes to say why one waits.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, mutex.MutexProto.StatusReply>
        inquire(mutex.MutexProto.StatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getInquireMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * What happens at this peer from now on, and before that what has happened last, if that is wanted.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, mutex.MutexProto.Event>
        watch(mutex.MutexProto.WatchRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service Mutex.
   */
  public static final class MutexBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<MutexBlockingStub> {
    private MutexBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MutexBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MutexBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * This peer as it is now.
     * </pre>
     */
    public mutex.MutexProto.StatusReply status(mutex.MutexProto.StatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * This peer, then every linked one that answers within a second: what it takes to say why one waits.
     * </pre>
     */
    public java.util.Iterator<mutex.MutexProto.StatusReply> inquire(
        mutex.MutexProto.StatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getInquireMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * What happens at this peer from now on, and before that what has happened last, if that is wanted.
     * </pre>
     */
    public java.util.Iterator<mutex.MutexProto.Event> watch(
        mutex.MutexProto.WatchRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service Mutex.
   */
  public static final class MutexFutureStub
      extends io.grpc.stub.AbstractFutureStub<MutexFutureStub> {
    private MutexFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MutexFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MutexFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * This peer as it is now.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<mutex.MutexProto.StatusReply> status(
        mutex.MutexProto.StatusRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStatusMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_STATUS = 0;
  private static final int METHODID_INQUIRE = 1;
  private static final int METHODID_WATCH = 2;
  private static final int METHODID_LINK = 3;
  private static final int METHODID_HOLD = 4;
  private static final int METHODID_HOLDS = 5;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_STATUS:
          serviceImpl.status((mutex.MutexProto.StatusRequest) request,
              (io.grpc.stub.StreamObserver<mutex.MutexProto.StatusReply>) responseObserver);
          break;
        case METHODID_INQUIRE:
          serviceImpl.inquire((mutex.MutexProto.StatusRequest) request,
              (io.grpc.stub.StreamObserver<mutex.MutexProto.StatusReply>) responseObserver);
          break;
        case METHODID_WATCH:
          serviceImpl.watch((mutex.MutexProto.WatchRequest) request,
              (io.grpc.stub.StreamObserver<mutex.MutexProto.Event>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_LINK:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.link(
              (io.grpc.stub.StreamObserver<mutex.MutexProto.LinkMessage>) responseObserver);
        case METHODID_HOLD:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.hold(
              (io.grpc.stub.StreamObserver<mutex.MutexProto.HoldEvent>) responseObserver);
        case METHODID_HOLDS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.holds(
              (io.grpc.stub.StreamObserver<mutex.MutexProto.HoldEvent>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getLinkMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              mutex.MutexProto.LinkMessage,
              mutex.MutexProto.LinkMessage>(
                service, METHODID_LINK)))
        .addMethod(
          getHoldMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              mutex.MutexProto.HoldRequest,
              mutex.MutexProto.HoldEvent>(
                service, METHODID_HOLD)))
        .addMethod(
          getHoldsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              mutex.MutexProto.HoldRequest,
              mutex.MutexProto.HoldEvent>(
                service, METHODID_HOLDS)))
        .addMethod(
          getStatusMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              mutex.MutexProto.StatusRequest,
              mutex.MutexProto.StatusReply>(
                service, METHODID_STATUS)))
        .addMethod(
          getInquireMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              mutex.MutexProto.StatusRequest,
              mutex.MutexProto.StatusReply>(
                service, METHODID_INQUIRE)))
        .addMethod(
          getWatchMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              mutex.MutexProto.WatchRequest,
              mutex.MutexProto.Event>(
                service, METHODID_WATCH)))
        .build();
  }

  private static abstract class MutexBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    MutexBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return mutex.MutexProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("Mutex");
    }
  }

  private static final class MutexFileDescriptorSupplier
      extends MutexBaseDescriptorSupplier {
    MutexFileDescriptorSupplier() {}
  }

  private static final class MutexMethodDescriptorSupplier
      extends MutexBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    MutexMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (MutexGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new MutexFileDescriptorSupplier())
              .addMethod(getLinkMethod())
              .addMethod(getHoldMethod())
              .addMethod(getHoldsMethod())
              .addMethod(getStatusMethod())
              .addMethod(getInquireMethod())
              .addMethod(getWatchMethod())
              .build();
        }
      }
    }
    return result;
  }
}
