package io.gatepost.deploy;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The models of Kubernetes' API, which know their fields.
final class ApiModels {

  private static final Map<String, Class<?>> MODELS =
      Map.of(
          "apps/v1 Deployment", V1Deployment.class,
          "apps/v1 StatefulSet", V1StatefulSet.class,
          "autoscaling/v2 HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class,
          "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy.class,
          "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget.class,
          "v1 ConfigMap", V1ConfigMap.class,
          "v1 Secret", V1Secret.class,
          "v1 Service", V1Service.class,
          "v1 ServiceAccount", V1ServiceAccount.class);

  /// Their form may change, as of 1024Mi and 1Gi.
  private static final Pattern QUANTITY =
      Pattern.compile("\\.(limits|requests)\\.[a-z]+$|\\.sizeLimit$|\\.averageValue$");

  private static final Gson PLAIN = new GsonBuilder().serializeNulls().create();

  private ApiModels() {}

  /// Says what is wrong with an object: a kind that has no model, a field that is unknown, missing
  /// or null, a value of another type. Empty where it is good.
  static Optional<String> complaint(Map<String, Object> object) {
    String kind = object.get("apiVersion") + " " + object.get("kind");
    Class<?> model = MODELS.get(kind);
    if (model == null) {
      return Optional.of("no model of " + kind);
    }
    JsonElement json = PLAIN.toJsonTree(object);
    try {
      model.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
      // The model takes "80" for a number and 80 for a string, and passes over null.
      return difference("", json, JSON.getGson().toJsonTree(JSON.getGson().fromJson(json, model)));
    } catch (InvocationTargetException e) {
      return Optional.of(String.valueOf(e.getCause().getMessage()));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.of(String.valueOf(e));
    }
  }

  /// Where something that is written is read as something else. What is read has more: the models
  /// fill empty lists in.
  private static Optional<String> difference(
      String path, JsonElement written, @Nullable JsonElement read) {
    if (written instanceof JsonObject object && read instanceof JsonObject other) {
      return object.entrySet().stream()
          .flatMap(entry ->
              difference(path + "." + entry.getKey(), entry.getValue(), other.get(entry.getKey()))
                  .stream())
          .findFirst();
    }
    if (written instanceof JsonArray array && read instanceof JsonArray other) {
      return array.size() != other.size()
          ? Optional.of(path + " has another length")
          : IntStream.range(0, array.size())
              .boxed()
              .flatMap(i -> difference(path + "[" + i + "]", array.get(i), other.get(i)).stream())
              .findFirst();
    }
    boolean equal =
        QUANTITY.matcher(path).find()
            ? new Quantity(written.getAsString())
                    .getNumber()
                    .compareTo(new Quantity(String.valueOf(text(read))).getNumber())
                == 0
            : written.equals(read);
    return equal
        ? Optional.empty()
        : Optional.of("%s: %s is read as %s".formatted(path, written, read));
  }

  private static @Nullable String text(@Nullable JsonElement element) {
    return element == null ? null : element.getAsString();
  }
}
